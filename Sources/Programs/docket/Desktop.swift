import ActionLedger
import Boot
import Contracts
import Crypto
import Foundation
import Glibc
import Investigation
import JSONView
import Operator
import Pipeline
import Ports

/// One command at work: reads the journals to their end, shows what was asked for, or signs and sends an order.
struct Desktop {
    private static let batch = 10_000
    private static let orderValidity = Duration.seconds(3_600)

    private let settings: DocketSettings
    private let invocation: Invocation
    private let isTerminal: Bool
    private let catalogue: Catalogue

    init(_ settings: DocketSettings, invocation: Invocation, isTerminal: Bool) {
        self.settings = settings
        self.invocation = invocation
        self.isTerminal = isTerminal
        catalogue = settings.catalogue
    }

    func serve() throws {
        switch invocation.command {
        case .check: show(summary: "the settings have no problems")
        case .cases: emit(try report().cases())
        case .showCase(let id):
            guard let text = try report().case(CaseID(id)) else { throw Refusal(sentence: "no case \(id)") }
            emit(text)
        case .actions(let all): emit(try report().actions(includingEnded: all))
        case .showAction(let id):
            guard let text = try report().action(ActionID(id)) else { throw Refusal(sentence: "no action \(id)") }
            emit(text)
        case .status: try status()
        case .approve(let id, let signing, let hours):
            try send("approved", signing) { form throws(Refusal) in
                [try form.approve(id, for: .seconds(hours * 3_600))]
            }
        case .reject(let id, let signing, let reason):
            try send("rejected", signing) { form throws(Refusal) in [try form.reject(id, reason: reason)] }
        case .undo(let id, let signing, let reason):
            try send("undo ordered", signing) { form throws(Refusal) in [try form.undo(id, reason: reason)] }
        case .stop(let console, let reason): try stop(console, reason: reason)
        case .resume(let id, let signing, let reason): try resume(id, signing, reason: reason)
        case .help, .version, .createKey, .showKey: preconditionFailure("done without settings")
        }
    }

    private func desk() throws -> Desk {
        var desk = Desk(catalogue)
        try read(Desk.topics(catalogue)) { record throws(Unreadable) in try desk.fold(record) }
        return desk
    }

    private func report() throws -> Report {
        Report(try desk(), form: invocation.isJSON ? .json : .text, coloured: isTerminal)
    }

    private func read(_ topics: [String], _ body: (IncomingRecord) throws(Unreadable) -> Void) throws {
        let tail = try Log(settings).tail(of: topics)
        while true {
            let batch = try tail.next(atMost: Self.batch, waiting: .zero)
            for record in batch.records {
                do throws(Unreadable) {
                    try body(record)
                } catch {
                    throw Refusal(sentence: "\(record.partition)@\(record.offset) cannot be read: \(error)")
                }
            }
            if batch.reachedEnd || batch.records.isEmpty { return }
        }
    }

    private func status() throws {
        let desk = try desk()
        var records: [String: Int] = [:]
        let streams = [catalogue.threatsObserved.name, catalogue.agentsObserved.name, catalogue.threatsEnriched.name]
        try read(streams + [catalogue.deadLetters]) { record throws(Unreadable) in
            records[record.partition.topic, default: 0] += 1
        }
        emit(Status(desk: desk, records: records, prefix: catalogue.prefix).text(json: invocation.isJSON))
    }

    private func send(
        _ done: String, _ signing: Command.Signing,
        _ make: (OrderForm) throws(Refusal) -> [SignedOrder]
    ) throws {
        let orders = try make(try form(signing))
        let records = orders.map { catalogue.ordersConsoles.record($0, following: cause($0)) }
        try Log(settings).appender().append(records)
        show(summary: "\(done) by \(orders.first?.order.by ?? ""); docket actions --all shows what becomes of it")
    }

    private func form(_ signing: Command.Signing) throws -> OrderForm {
        let key = try KeyFile.read(signing.keyFile)
        let approver = settings.actions.approvers.first { $0.key == key.verifyingKey }
        guard let name = signing.name ?? approver?.name else {
            throw Refusal(
                sentence: "the key in \(signing.keyFile) belongs to no approver of the settings: "
                    + "list \(key.verifyingKey.base64) under actions.approvers")
        }
        return OrderForm(try desk(), deployment: settings.deployment, key: key, by: name, at: Boot.clock())
    }

    /// Derived from what is signed: the same order has the same id.
    private func cause(_ signed: SignedOrder) -> Cause {
        Cause(id: "order/\(SHA256(of: signed.order.text).hex.prefix(16))", at: signed.order.at)
    }

    private func stop(_ console: String?, reason: String) throws {
        var scope: ConsoleID?
        if let console {
            guard let known = settings.consoles.first(where: { $0.id.rawValue == console })?.id else {
                throw Refusal(sentence: "no console \(console) in the settings")
            }
            scope = known
        }
        let now = Boot.clock()
        let stop = Stop(
            id: "stop-\(console ?? "all")-\(now.milliseconds)", console: scope, by: Self.user, reason: reason, at: now)
        try Log(settings).appender().append([
            catalogue.controls.record(.stop(stop), following: Cause(id: stop.id, at: now))
        ])
        show(summary: "stopped; lift it with: docket resume \(stop.id) --reason TEXT --key FILE")
    }

    private func resume(_ id: String, _ signing: Command.Signing, reason: String) throws {
        let orders = try form(signing).resume(id, reason: reason, consoles: settings.consoles.map(\.id))
        try Log(settings).appender().append(
            orders.map { catalogue.controls.record(.resume($0), following: cause($0)) })
        show(summary: "\(id) is lifted on " + orders.map(\.order.console.rawValue).joined(separator: ", "))
    }

    private static var user: String {
        ProcessInfo.processInfo.environment["USER"] ?? "uid \(getuid())"
    }

    private func show(summary: String) {
        guard invocation.isJSON else { return emit(summary + "\n") }
        emit((JSONText.object { $0.append("done", text: summary) }.text ?? "") + "\n")
    }

    private func emit(_ text: String) { print(text, terminator: "") }
}
