import ActionLedger
import Boot
import Contracts
import Crypto
import Foundation
import Glibc
import Investigation
import Operator
import Pipeline
import Ports
import Settings

/// One command at work: reads the journals to their end, shows what was asked for, or signs and sends an order.
struct Desktop {
    let settings: DocketSettings
    let invocation: Invocation
    let terminal: Terminal
    let catalogue: Catalogue

    init(_ settings: DocketSettings, invocation: Invocation, terminal: Terminal) {
        self.settings = settings
        self.invocation = invocation
        self.terminal = terminal
        catalogue = settings.catalogue
    }

    func serve() throws {
        switch invocation.command {
        case .check: try check()
        case .connect(let what): try connect(what)
        case .cases:
            try show {
                $0.cases()
            } text: {
                CaseReport($0, on: terminal.paper).list()
            }
        case .actions(let all):
            try show {
                $0.actions(includingEnded: all)
            } text: { desk in
                ActionReport(desk, on: terminal.paper).list(includingEnded: all)
            }
        case .showCase(let name):
            let journals = try journals()
            let ids = journals.desk.cases.keys.map(\.rawValue).sorted()
            let id = CaseID(try ShortName.whole(name, among: ids, what: "case"))
            emit(
                invocation.isJSON
                    ? JSONReport(journals.desk).case(id) : CaseReport(journals.desk, on: terminal.paper).one(id))
        case .showAction(let name):
            let journals = try journals()
            let id = try actionID(name, in: journals.desk, partAllowed: true)
            emit(
                invocation.isJSON
                    ? JSONReport(journals.desk).action(id) : ActionReport(journals.desk, on: terminal.paper).one(id))
        case .topics(let what): try topics(what)
        case .read(let what): try read(what)
        case .status: try status()
        case .feed(let order): try feed(order)
        case .approve(let name, let signing, let hours):
            try decide("approve", name, signing) { form, id throws(Refusal) in
                try form.approve(id, for: .seconds(hours * 3_600))
            }
        case .reject(let name, let signing, let reason):
            try decide("reject", name, signing) { form, id throws(Refusal) in try form.reject(id, reason: reason) }
        case .undo(let name, let signing, let reason):
            try decide("undo", name, signing) { form, id throws(Refusal) in try form.undo(id, reason: reason) }
        case .stop(let console, let reason): try stop(console, reason: reason)
        case .resume(let name, let signing, let reason): try resume(name, signing, reason: reason)
        case .help, .version, .createKey, .showKey: preconditionFailure("done without settings")
        }
    }

    // MARK: Looking

    func journals() throws -> Journals { try Journals(settings) }

    private func show(json: (JSONReport) -> String, text: (Desk) -> String) throws {
        let journals = try journals()
        emit(invocation.isJSON ? json(JSONReport(journals.desk)) : text(journals.desk))
    }

    private func status() throws {
        let journals = try journals()
        let records = try Journals.counts(of: catalogue.desk.counted, settings)
        emit(Status(desk: journals.desk, records: records, prefix: catalogue.prefix).text(json: invocation.isJSON))
    }

    private func check() throws {
        let report = settings.report
        emit(invocation.isJSON ? report.json() : report.text(on: terminal.paper))
        if !report.problems.isEmpty { exit(Complaint.Kind.usage.rawValue) }
    }

    private func actionID(_ name: String, in desk: Desk, partAllowed: Bool) throws(Refusal) -> ActionID {
        let ids = desk.actions.map(\.request.id.rawValue)
        return ActionID(try ShortName.whole(name, among: ids, what: "action", partAllowed: partAllowed))
    }

    // MARK: Deciding

    /// Shows what it is about, asks where somebody is there to answer, signs, sends and tells what became of it.
    private func decide(
        _ verb: String, _ name: String, _ signing: Command.Signing,
        _ make: (OrderForm, ActionID) throws(Refusal) -> SignedOrder
    ) throws {
        let journals = try journals()
        let signer = try Signer(signing, settings)
        let id = try actionID(name, in: journals.desk, partAllowed: asks)
        // Before anybody is asked: what cannot be signed needs no consent.
        _ = try make(signer.form(on: journals.desk), id)
        try ask(ActionReport(journals.desk, on: terminal.paper).proposal(verb, id), "\(verb) this as \(signer.name)?")
        let order = try make(signer.form(on: journals.desk), id)
        try Journals.log(settings).appender().append([catalogue.ordersConsoles.record(order, following: cause(order))])
        try tell(Dispatch(verb, of: id.rawValue, by: signer.name, parts: [.order(order)]), journals)
    }

    private func resume(_ name: String, _ signing: Command.Signing, reason: String) throws {
        let journals = try journals()
        let signer = try Signer(signing, settings)
        let stops = journals.desk.activeStops.map(\.id)
        let id = try ShortName.whole(name, among: stops, what: "stop", partAllowed: asks)
        try ask(ActionReport(journals.desk, on: terminal.paper).list(includingEnded: false), "lift \(id)?")
        let orders = try signer.form(on: journals.desk).resume(id, reason: reason, consoles: actingConsoles)
        try Journals.log(settings).appender().append(
            orders.map { catalogue.controls.record(.resume($0), following: cause($0)) })
        try tell(Dispatch("resume", of: id, by: signer.name, parts: orders.map { .order($0) }), journals)
    }

    private func stop(_ console: String?, reason: String) throws {
        let scope = try console.map { name throws(Refusal) in
            guard let known = settings.consoles.first(where: { $0.id.rawValue == name })?.id else {
                throw Refusal("no console \(name) in the settings", candidates: settings.consoles.map(\.id.rawValue))
            }
            return known
        }
        try Journals.requireLog(settings)
        let now = Boot.clock()
        let stop = Stop(
            id: "stop-\(console ?? "all")-\(now.milliseconds)", console: scope, by: terminal.user, reason: reason,
            at: now)
        try Journals.log(settings).appender().append([
            catalogue.controls.record(.stop(stop), following: Cause(id: stop.id, at: now))
        ])
        let concerned = scope.map { [$0] } ?? actingConsoles
        let dispatch = Dispatch("stop", of: stop.id, by: stop.by, parts: concerned.map { .stop(stop, $0) })
        do {
            // Read only now: nothing in a journal, not even a record that nobody can read, may keep a stop waiting.
            try tell(dispatch, try journals())
        } catch let failure as LogFailure {
            emit(dispatch.text(on: Desk(catalogue), waited: nil, json: invocation.isJSON))
            throw Complaint(.unanswered, ["the stop stands, but its answer cannot be read: \(failure.detail)"])
        }
    }

    /// Where anything is ever done: the others have no worker that could answer.
    private var actingConsoles: [ConsoleID] {
        let acting = settings.consoles.filter { $0.writerToken != nil }.map(\.id)
        return acting.isEmpty ? settings.consoles.map(\.id) : acting
    }

    /// A person at the terminal is asked; a script has brought the key, and that is its consent.
    private var asks: Bool { terminal.canAsk && !invocation.saysYes }

    private func ask(_ proposal: String?, _ question: String) throws {
        guard asks else { return }
        guard terminal.isAgreed(to: proposal ?? "", question) else { throw Refusal("not agreed: nothing was signed") }
    }

    /// Derived from what is signed: the same order has the same id.
    func cause(_ signed: SignedOrder) -> Cause {
        Cause(id: "order/\(SHA256(of: signed.order.text).hex.prefix(16))", at: signed.order.at)
    }

    private func tell(_ dispatch: Dispatch, _ journals: Journals) throws {
        if invocation.waits {
            try journals.read(for: Journals.patience) { desk in dispatch.fate(on: desk) != .sent }
        }
        let waited = invocation.waits ? Int(Journals.patience.components.seconds) : nil
        emit(dispatch.text(on: journals.desk, waited: waited, json: invocation.isJSON))
        switch dispatch.fate(on: journals.desk) {
        case .accepted: break
        case .sent: if invocation.waits { exit(Complaint.Kind.unanswered.rawValue) }
        case .refused: exit(Complaint.Kind.refused.rawValue)
        }
    }

    func emit(_ text: String?) {
        print(text ?? "", terminator: "")
        fflush(nil)
    }
}
