package import Contracts
import Ports
import Stages

extension DocketSettings {
    /// What ingest reads of each console.
    package var streams: [ObservedStream] { ObservedStream.allCases.filter { ingest[$0].isOn } }
}

// When ingest reads what, in the settings: for all streams, and for each one that differs.
extension ObserveSettings {
    init(_ section: inout SettingsSection) {
        let standard = Stream(interval: .seconds(30), lookBack: .seconds(7 * 86_400))
        let common = Stream(&section, unlessSaid: standard)
        self.init(
            interval: common.interval,
            overlap: section.duration("overlap", default: .seconds(600), in: .zero ... .seconds(86_400)),
            lookBack: common.lookBack,
            recheck: section.duration("recheck", default: .seconds(60), in: .seconds(1) ... .seconds(86_400)))
        snapshot = section.section("snapshot") { DailySchedule(&$0) }
        (reconcileEvery, reconcileSpan) = section.section("reconcile") { section in
            (
                section.duration("every", default: .seconds(3_600), in: .seconds(1) ... .seconds(7 * 86_400)),
                section.duration("span", default: .seconds(7 * 86_400), in: .seconds(3_600) ... .seconds(31 * 86_400))
            )
        }
        silence = Self.silence(&section)
        streams = section.section("streams") { section in
            var streams: [ObservedStream: Stream] = [:]
            for stream in ObservedStream.allCases {
                streams[stream] = section.section(stream.rawValue) {
                    Stream(&$0, unlessSaid: common, maySwitchOff: true)
                }
            }
            return streams
        }
        if !streams.values.contains(where: \.isOn) { section.refuse("no stream is on", at: "streams") }
    }

    private static func silence(_ section: inout SettingsSection) -> Duration? {
        let limits = Duration.seconds(60) ... .seconds(30 * 86_400)
        let text = section.text("silence", default: "60m", expecting: "a duration from 1m to 30d, or off") {
            $0 == "off" || Duration(asWritten: $0).map(limits.contains) ?? false
        }
        return Duration(asWritten: text)
    }
}

extension ObserveSettings.Stream {
    fileprivate init(_ section: inout SettingsSection, unlessSaid common: Self, maySwitchOff: Bool = false) {
        self.init(
            interval: section.duration("poll", default: common.interval, in: .milliseconds(100) ... .seconds(86_400)),
            lookBack: section.duration(
                "look-back", default: common.lookBack, in: .seconds(60) ... .seconds(365 * 86_400)),
            delay: section.duration("delay", default: common.delay, in: .zero ... .seconds(86_400)))
        if maySwitchOff { isOn = section.flag("on", default: true) }
    }
}

extension DailySchedule {
    /// `{ every: 1d, at: "01:15" }`
    fileprivate init(_ section: inout SettingsSection) {
        let day = Duration.seconds(86_400)
        let every = section.duration("every", default: day, in: day ... .seconds(31 * 86_400))
        let at = section.text(
            "at", default: "01:15", expecting: "a time of the day in UTC, such as \"01:15\"",
            where: { Self.timeOfDay($0) != nil })
        self.init(days: Int(every / day), at: Self.timeOfDay(at) ?? .zero)
    }

    private static func timeOfDay(_ text: String) -> Duration? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { ($0.utf8.count, Int($0)) }
        guard parts.count == 2, parts.allSatisfy({ $0.0 == 2 }), let hour = parts[0].1, let minute = parts[1].1,
            (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return .seconds(hour * 3_600 + minute * 60)
    }
}
