import ActionLedger
import Boot
import Contracts
import Foundation
import Investigation
import Operator
import Pipeline
import Ports

extension Desktop {
    /// Between two looks at how far ingest is, for whoever watches.
    private static let glance = Duration.milliseconds(250)

    /// Has ingest read or compare at once, and tells what came of it; or what was last.
    func feed(_ what: Command.FeedOrder) throws {
        let reach = try Reach(
            what.words, for: what.wish, consoles: settings.consoles.map(\.id), reading: settings.streams)
        let journals = try journals()
        guard let signing = what.signing else {
            return tell(FeedReport(what.wish, reach), on: journals.desk, waited: nil)
        }
        let signer = try Signer(signing, settings)
        let orders = signer.form(on: journals.desk).read(what.wish, reach)
        var report = FeedReport(what.wish, reach, by: signer.name, orders: orders)
        // From before the order on, or what it brings at once would be missed.
        let arrivals = try what.wish == .sync && invocation.waits ? Arrivals(settings) : nil
        try Journals.log(settings).appender().append(
            orders.map { catalogue.ordersConsoles.record($0, following: cause($0)) })
        guard invocation.waits else { return tell(report, on: journals.desk, waited: nil) }
        try watch(report, journals, for: Journals.patience) { report.isAnswered(on: $0) }
        if report.isAnswered(on: journals.desk) {
            try watch(report, journals, for: what.patience) { report.isOver(on: $0) }
        }
        report.published = try arrivals?.count()
        tell(report, on: journals.desk, waited: (Journals.patience, what.patience))
    }

    private func watch(
        _ report: FeedReport, _ journals: Journals, for patience: Duration, until isEnough: (Desk) -> Bool
    ) throws {
        let end = ContinuousClock.now + patience
        while !isEnough(journals.desk), ContinuousClock.now < end {
            if !invocation.isJSON { terminal.showProgress(report.progressLine(on: journals.desk)) }
            try journals.read(for: min(Self.glance, ContinuousClock.now.duration(to: end)), until: isEnough)
        }
        terminal.showProgress(nil)
    }

    private func tell(_ report: FeedReport, on desk: Desk, waited: (answer: Duration, end: Duration)?) {
        emit(
            invocation.isJSON
                ? report.json(on: desk, waited: waited != nil)
                : report.text(on: desk, waited: waited, paper: terminal.paper))
        let code = report.exitCode(on: desk, waited: waited != nil)
        if code != 0 { exit(code) }
    }
}

/// What is published from now on, counted per console and stream.
private struct Arrivals {
    private let streams: [String: ObservedStream]
    private let tail: any LogTailing

    init(_ settings: DocketSettings) throws {
        let catalogue = settings.catalogue
        streams = Dictionary(
            uniqueKeysWithValues: ObservedStream.allCases.map { (catalogue.observed($0).name, $0) })
        tail = try Journals.log(settings).tail(of: streams.keys.sorted(), from: .end)
    }

    /// To the end, as far as it is by now.
    func count() throws -> [FeedPlace: Int] {
        var counts: [FeedPlace: Int] = [:]
        try Journals.untilTheEnd(tail) { records in
            for record in records {
                guard record.value != nil, let stream = streams[record.partition.topic],
                    let console = record.key?.text.flatMap({ Subject($0) })?.console
                else { continue }
                counts[FeedPlace(console: console, stream: stream), default: 0] += 1
            }
        }
        return counts
    }
}
