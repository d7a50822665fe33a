import Ports

/// What of a topic's settings is not as its declaration wants it, and whether that matters.
struct TopicRules {
    private let wanted: TopicDeclaration
    private let found: TopicFound

    init(_ wanted: TopicDeclaration, _ found: TopicFound) {
        self.wanted = wanted
        self.found = found
    }

    var findings: [TopicPlan.Finding] { keeping + times + sizes + copies + tuning }

    // MARK: What is kept

    private var keeping: [TopicPlan.Finding] {
        switch wanted.kind {
        case .journal:
            return [
                danger(.cleanup) { "is cleaned up by \($0): entries of a journal would vanish, and with them memory" },
                danger(.retention) {
                    "keeps its entries for \(Self.duration($0)): a journal whose beginning is gone stops its program"
                },
                danger(.retentionBytes) {
                    "keeps \($0) bytes of entries: a journal whose beginning is gone stops its program"
                },
            ].compactMap(\.self)
        case .compacted:
            return [
                danger(.cleanup) { "is cleaned up by \($0): the last record of a key would vanish when it is old" }
            ].compactMap(\.self)
        case .events:
            var findings = [
                danger(.cleanup) { "is cleaned up by \($0): of the records with one key only the last would be read" }
            ].compactMap(\.self)
            if let kept = number(.retention), let planned = Int(wanted.settings[.retention] ?? ""),
                kept >= 0, kept < planned
            {
                findings.append(
                    note(.retention) {
                        "keeps records for \(Self.duration($0)): a program that is down for longer misses some, and stops"
                    })
            }
            if let kept = number(.retentionBytes), kept >= 0 {
                findings.append(
                    note(.retentionBytes) { "keeps \($0) bytes a partition: a program that is down may miss records" })
            }
            return findings
        }
    }

    // MARK: Times

    private var times: [TopicPlan.Finding] {
        switch wanted.kind {
        case .events:
            return [
                danger(.timeIs) { _ in
                    "counts the age of a record from the time that the record tells: what the first look back brings "
                        + "would be deleted before it is read"
                }
            ].compactMap(\.self)
        case .journal, .compacted:
            guard found.settings[.timeIs] != "LogAppendTime" else {
                return [note(.timeIs) { _ in "dates records by their arrival, so that histories show that time" }]
            }
            return [
                danger(.timeAhead) {
                    "refuses records dated \(Self.duration($0)) ahead of the broker's clock: a console with a wrong "
                        + "clock would stop the loop that writes it"
                }
            ].compactMap(\.self)
        }
    }

    // MARK: Sizes

    private var sizes: [TopicPlan.Finding] {
        guard let room = number(.recordBytes), let needed = Int(wanted.settings[.recordBytes] ?? ""), room < needed
        else { return [] }
        return [
            danger(.recordBytes) {
                "takes records up to \($0) bytes, and \(needed) are needed: a larger one stops its loop"
            }
        ].compactMap(\.self)
    }

    // MARK: Copies

    private var copies: [TopicPlan.Finding] {
        var findings = [
            danger(.uncleanElection, to: "false") { _ in
                "lets a broker that lacks records answer for it: what was acknowledged could vanish"
            }
        ].compactMap(\.self)
        let inSync = number(.copiesInSync) ?? 1
        if inSync > found.copies {
            findings.append(
                finding(
                    .refuse, .copiesInSync, String(min(2, found.copies)),
                    "has \(found.copies) of the \(inSync) copies without which nothing can be written"))
        } else if found.copies >= 3, inSync < 2 {
            findings += [
                danger(.copiesInSync, to: "2") { _ in
                    "takes a record for written when one broker has it: it is lost with that broker"
                }
            ].compactMap(\.self)
        } else if found.copies == 1 {
            findings.append(
                TopicPlan.Finding(
                    topics: [wanted.name], kind: .note, sentence: "has one copy: it is lost with its broker's disk",
                    remedy: "kafka-reassign-partitions gives a topic more copies"))
        } else if inSync == found.copies {
            findings.append(
                note(.copiesInSync, to: String(found.copies - 1)) { _ in
                    "wants every one of its \(found.copies) copies for writing: one broker that is away stops it"
                })
        } else if found.copies == 2 {
            findings.append(
                TopicPlan.Finding(
                    topics: [wanted.name], kind: .note,
                    sentence: "takes a record for written when one of its two brokers has it",
                    remedy: "kafka-reassign-partitions gives a topic more copies"))
        }
        return findings
    }

    // MARK: Tuning

    private var tuning: [TopicPlan.Finding] {
        [TopicSetting.segmentBytes, .segmentAge, .outdatedShare].compactMap { setting in
            guard let value = found.settings[setting], let planned = wanted.settings[setting], value != planned else {
                return nil
            }
            return note(setting) { "has \(setting.rawValue) \($0), planned is \(planned): only a start takes longer" }
        }
    }

    // MARK: Sentences

    private func number(_ setting: TopicSetting) -> Int? { found.settings[setting].flatMap { Int($0) } }

    /// What differs from what is wanted, and endangers a promise; nil where it does not differ, or the brokers know no
    /// such setting.
    private func danger(
        _ setting: TopicSetting, to value: String? = nil, _ sentence: (String) -> String
    ) -> TopicPlan.Finding? {
        guard let now = found.settings[setting], let wanted = value ?? wanted.settings[setting], now != wanted else {
            return nil
        }
        // A request that does not repeat what is set on the topic would reset it.
        return finding(found.tellsAll ? .correct : .refuse, setting, wanted, sentence(now))
    }

    private func note(
        _ setting: TopicSetting, to value: String? = nil, _ sentence: (String) -> String
    ) -> TopicPlan.Finding {
        finding(
            .note, setting, value ?? wanted.settings[setting] ?? "", sentence(found.settings[setting] ?? "nothing"))
    }

    private func finding(
        _ kind: TopicPlan.Finding.Kind, _ setting: TopicSetting, _ value: String, _ sentence: String
    ) -> TopicPlan.Finding {
        TopicPlan.Finding(topics: [wanted.name], kind: kind, sentence: sentence, setting: setting, value: value)
    }

    /// `604800000` as `7d`; what is no number of milliseconds as it is.
    static func duration(_ milliseconds: String) -> String {
        guard let number = Int(milliseconds) else { return milliseconds }
        return number < 0 ? "ever" : Duration.milliseconds(number).asWritten
    }
}
