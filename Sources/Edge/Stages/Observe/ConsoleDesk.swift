import Contracts
import Investigation
import Pipeline
import Ports
import SentinelOne

/// What ingest knows of one console besides its streams: the token, who it is, and which lists it may be asked for.
struct ConsoleDesk {
    /// A token that cannot be read, or is not accepted, is looked at again after this: its file may have been replaced.
    private static let lookPause = Duration.seconds(5)
    /// A role may change at any time, and a token may be given a longer life.
    private static let probePause = Duration.seconds(6 * 3_600)

    private static let unansweredPause = Duration.seconds(300)

    private struct Probing {
        let token: Secret
        let startedAt: Timestamp
        var probe: ConsoleProbe
        var open: [CallID: Asked] = [:]
    }

    private struct Asked {
        let errand: Errand<FeedEntry>
        let question: ConsoleProbe.Question
        let at: Timestamp
    }

    private let access: ConsoleAccess
    private let streams: [ObservedStream]
    private var watch: ConsoleWatch
    private var probing: Probing?
    private var nextProbe = Timestamp.zero
    /// When the token's file is read again that could not be read.
    private var nextReading = Timestamp.zero
    /// When it is looked whether the file of a token that is not accepted was replaced.
    private var nextLook = Timestamp.zero

    init(_ access: ConsoleAccess, streams: [ObservedStream], after last: ConsoleStatus?) {
        self.access = access
        self.streams = streams
        watch = ConsoleWatch(access.id, streams: streams.map(\.vendor), after: last)
    }

    /// The console with the token that lies in its file now; nil where there is none, for a while.
    mutating func console(at now: Timestamp) -> Console? {
        guard nextReading <= now else { return nil }
        guard let console = access.current() else {
            nextReading = now + Self.lookPause
            return nil
        }
        let before = watch.token.fingerprint
        watch.sees(console.token, at: now)
        if watch.token.fingerprint != before {
            nextProbe = now
            probing = nil
        }
        return console
    }

    /// Looks whether a token that is not accepted was replaced: nothing else is asked with it.
    mutating func look(at now: Timestamp) {
        guard watch.isFailed, nextLook <= now else { return }
        nextLook = now + Self.lookPause
        _ = console(at: now)
    }

    func mayAsk(_ stream: ObservedStream, at now: Timestamp) -> Bool { watch.mayAsk(stream.vendor, at: now) }

    /// Before that it is not asked.
    func asks(_ stream: ObservedStream) -> Timestamp { max(nextReading, watch.asked(stream.vendor) ?? .zero) }

    var nextDue: Timestamp {
        var due = [watch.nextDue() ?? .distantFuture]
        if watch.isFailed { due.append(nextLook) }
        if probing == nil { due.append(max(nextProbe, nextReading)) }
        return due.min() ?? .distantFuture
    }

    // MARK: Probing

    /// The calls that find out about the token: once in a while, and at once for a new one.
    mutating func probing(at now: Timestamp) -> [Errand<FeedEntry>] {
        if probing == nil, nextProbe <= now, let console = console(at: now) {
            nextProbe = now + Self.probePause
            probing = Probing(
                token: console.token, startedAt: now,
                probe: ConsoleProbe(console, use: .reader, streams: streams.map(\.vendor)))
        }
        guard var work = probing else { return [] }
        for call in work.probe.next() {
            let id = CallID("\(access.id)/probe@\(work.startedAt)/\(call.question)")
            work.open[id] = Asked(
                errand: Errand(id: id, label: "probe", request: call.request), question: call.question, at: now)
        }
        probing = work
        return work.open.values.map(\.errand).sorted { $0.id.rawValue < $1.id.rawValue }
    }

    /// Whether it was an answer to a call of a probe.
    mutating func took(_ result: HTTPResult, of errand: Errand<FeedEntry>, at now: Timestamp) -> Bool {
        guard errand.label == "probe" else { return false }
        guard var work = probing, let asked = work.open.removeValue(forKey: errand.id) else { return true }
        work.probe.took(result, of: asked.question, sentAt: asked.at, receivedAt: now)
        if work.probe.isOver {
            let report = work.probe.report(at: now)
            watch.took(report, of: work.token, at: now)
            // Nobody could say whether it is alive: that is not left for hours.
            if case .unknown = report.life { nextProbe = now + Self.unansweredPause }
            probing = nil
        } else {
            probing = work
        }
        return true
    }

    // MARK: Hearing and telling

    mutating func heard(
        _ problem: ReadProblem?, from stream: ObservedStream, answering request: HTTPRequest, at now: Timestamp
    ) {
        if let problem {
            watch.heard(problem, from: stream.vendor, answering: request, at: now)
        } else {
            watch.heardWell(stream.vendor, answering: request, at: now)
        }
    }

    mutating func counted(_ gaps: [ConsoleStatus.Gaps]) { watch.counted(gaps) }

    mutating func notices(at now: Timestamp) -> [ConsoleNotice] { watch.due(at: now) }

    func change(since last: ConsoleStatus?, at now: Timestamp) -> ConsoleStatus? { watch.change(since: last, at: now) }
}

extension ConsoleWatch {
    var isFailed: Bool { if case .failed = status(at: .zero).state { true } else { false } }
}

extension ConsoleStatus {
    var measures: [Measure] {
        var measures = streams.flatMap { stream in
            ["on", "off"].map { state in
                Measure(
                    .streamState, .set((stream.off == nil) == (state == "on")),
                    [.console: console.rawValue, .stream: stream.name, .state: state])
            }
        }
        if let end = token.expiresAt {
            measures.append(Measure(.tokenExpiry, .set(end), [.console: console.rawValue]))
        }
        return measures
    }
}
