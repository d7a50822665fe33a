package import ActionLedger
package import Contracts
import Crypto
package import Investigation
package import Pipeline
package import Ports

/// What an operator sees: cases, actions and stops, folded from the journals as they are read.
package struct Desk: Sendable {
    /// One line of a case's or an action's history.
    package struct Line: Sendable, Equatable {
        package let at: Timestamp
        package let text: String
        /// The id of the event that says so.
        package let event: String
        /// Of a case's line: it only repeats what the action's own history tells.
        var isAboutAction = false
    }

    /// The gates' answers when they were last asked about an action, and when that was.
    package struct GateReport: Sendable, Equatable {
        package let at: Timestamp
        /// Only those that were journaled: all of them with an attempt, the closed ones otherwise.
        package let answers: [GateAnswer]
    }

    package struct Case: Sendable {
        package fileprivate(set) var summary: CaseSummary
        package fileprivate(set) var investigation = Investigation()
        package fileprivate(set) var history: [Line] = []
    }

    /// How far a stream of a console was read, and what its last comparison found.
    package struct Feed: Sendable, Equatable {
        package fileprivate(set) var position: FeedPosition?
        package fileprivate(set) var reconciled: FeedReconciliation?
    }

    private let catalogue: Catalogue
    package private(set) var cases: [CaseID: Case] = [:]
    package private(set) var ledgers: [ConsoleID: ConsoleLedger] = [:]
    package private(set) var histories: [ActionID: [Line]] = [:]
    package private(set) var gates: [ActionID: GateReport] = [:]
    /// What the ledgers made of each signed order, by the order's hash.
    private var fates: [String: Fate] = [:]
    /// Stops as they were called, lifted or not; which are lifted the ledgers know.
    package private(set) var stops: [String: Stop] = [:]
    /// Orders that a ledger turned away, with its reason, newest last.
    package private(set) var refusals: [Line] = []
    /// Each console as ingest last saw it.
    package private(set) var consoles: [ConsoleID: ConsoleStatus] = [:]
    package private(set) var feeds: [FeedPlace: Feed] = [:]
    /// When ingest took each order, by the name that it is answered under.
    private var answered: [String: Timestamp] = [:]

    package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    package mutating func fold(_ record: IncomingRecord) throws(Unreadable) {
        let event = Cause(record).id
        switch record.partition.topic {
        case catalogue.investigations.name:
            let message = try catalogue.investigations.message(in: record)
            var one = cases[message.summary.id] ?? Case(summary: message.summary)
            one.summary = message.summary
            one.investigation.apply(message.event)
            one.history.append(
                Line(
                    at: record.timestamp, text: message.event.sentence, event: event,
                    isAboutAction: message.event.isAboutAction))
            cases[message.summary.id] = one
        case catalogue.actionsLedger.name:
            guard let console = record.key?.text.flatMap({ ConsoleID($0) }) else {
                throw Unreadable("\(record.partition.topic): the key is no console")
            }
            let message = try catalogue.actionsLedger.message(in: record)
            ledgers[console, default: ConsoleLedger()].apply(message)
            note(message, at: record.timestamp, event: event)
        case catalogue.consolesStatus.name where record.value != nil:
            let status = try catalogue.consolesStatus.message(in: record)
            consoles[status.console] = status
        case catalogue.feedsCursors.name where FeedKey(record.key)?.isAboutProgress == true:
            note(try catalogue.feedsCursors.message(in: record))
        case catalogue.controls.name where record.value != nil:
            if case .stop(let stop) = try catalogue.controls.message(in: record) { stops[stop.id] = stop }
        default: break  // another topic, or a tombstone on controls, which lifts nothing
        }
    }

    private mutating func note(_ entry: FeedEntry) {
        let place = entry.stream.map { FeedPlace(console: entry.console, stream: $0) }
        switch entry.change {
        case .position(let position): if let place { feeds[place, default: Feed()].position = position }
        case .reconciled(let found): if let place { feeds[place, default: Feed()].reconciled = found }
        case .answered(let answer):
            fates[answer.order] = answer.refusal.map { .refused($0) } ?? .accepted("ingest has taken it")
            answered[answer.order] = answer.refusal == nil ? answer.at : nil
        case .seen, .published, .tally, .status: break
        }
    }

    private mutating func note(_ message: ConsoleLedgerEvent, at: Timestamp, event: String) {
        switch message {
        case .action(let id, let happened):
            histories[id, default: []].append(Line(at: at, text: happened.sentence, event: event))
            if let answers = happened.gateAnswers { gates[id] = GateReport(at: at, answers: answers) }
            if let order = happened.order { fates[order] = .accepted(happened.sentence) }
        case .orderRefused(let order, let by, let reason):
            fates[order] = .refused(reason)
            refusals.append(Line(at: at, text: "an order of \(by) was refused: \(reason)", event: event))
        case .stopLifted(let stop, let by, let order): fates[order] = .accepted("\(stop) lifted by \(by)")
        case .stopSeen: break
        }
    }

    /// Under which an order may be answered, genuine or not.
    private func names(of signed: SignedOrder) -> [String] {
        [signed.order.text, signed.forgeryText].map { SHA256(of: $0).hex }
    }

    /// When ingest took an order; nil: it has not, or has refused it.
    package func taken(_ signed: SignedOrder) -> Timestamp? { names(of: signed).lazy.compactMap { answered[$0] }.first }

    /// What became of an order so far.
    package func fate(of signed: SignedOrder) -> Fate {
        if let fate = names(of: signed).lazy.compactMap({ fates[$0] }).first { return fate }
        // An undo of what never started is told as a withdrawal, which names no order.
        if case .undo(let id, _) = signed.order.demand, let entry = action(id), entry.state == .withdrawn {
            return .accepted("withdrawn: \(entry.note)")
        }
        return .sent
    }

    /// Whether the worker of this console has taken note of the stop.
    package func fate(of stop: Stop, on console: ConsoleID) -> Fate {
        ledgers[console]?.stops[stop.id] == stop ? .accepted("perform has taken note") : .sent
    }

    /// Every action of every console, in the order in which they were recorded.
    package var actions: [LedgerEntry] {
        ledgers.sorted { $0.key.rawValue < $1.key.rawValue }
            .flatMap { _, ledger in ledger.order.compactMap { ledger.entries[$0] } }
    }

    package func action(_ id: ActionID) -> LedgerEntry? {
        ledgers.values.lazy.compactMap { $0.entries[id] }.first
    }

    /// Actions of one case, in order.
    package func actions(of id: CaseID) -> [LedgerEntry] {
        actions.filter { entry in
            switch entry.request.origin {
            case .playbook(_, let caseID, _, _): caseID == id
            case .order(_, _, let undoing?): undoing.rawValue.hasPrefix("\(id)#")
            case .order(_, _, nil): false
            }
        }
    }

    /// Stops in force: called and not lifted by every console that they concern.
    package var activeStops: [Stop] {
        let known = stops.merging(ledgers.values.flatMap { Array($0.stops) }) { first, _ in first }
        return known.values.filter { stop in
            let concerned = ledgers.filter { stop.console == nil || stop.console == $0.key }
            return concerned.isEmpty || concerned.values.contains { !$0.liftedStops.contains(stop.id) }
        }.sorted { $0.id < $1.id }
    }
}
