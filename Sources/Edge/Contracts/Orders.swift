package import ActionLedger
import Investigation
import Pipeline
import Ports

/// What travels on `controls`.
package enum Control: Sendable, Equatable {
    case stop(Stop)
    case resume(SignedOrder)
}

struct SignedOrderV1: Codable {
    let verb: String
    var action: String?
    var stop: String?
    var stream: String?
    var plan: String?
    var reason: String?
    let deployment: String
    let console: String
    let by: String
    let at: String
    let until: String
    let signature: String

    init(_ signed: SignedOrder) {
        let order = signed.order
        switch order.demand {
        case .approve(let action, let plan):
            verb = "approve"
            self.action = action.rawValue
            self.plan = plan
        case .reject(let action, let reason):
            verb = "reject"
            self.action = action.rawValue
            self.reason = reason
        case .undo(let action, let reason):
            verb = "undo"
            self.action = action.rawValue
            self.reason = reason
        case .resume(let stop, let reason):
            verb = "resume"
            self.stop = stop
            self.reason = reason
        case .sync(let stream):
            verb = "sync"
            self.stream = stream
        case .reconcile(let stream):
            verb = "reconcile"
            self.stream = stream
        }
        deployment = order.deployment
        console = order.console.rawValue
        by = order.by
        at = order.at.wire
        until = order.until.wire
        signature = signed.signature
    }

    func order() throws(Unreadable) -> SignedOrder {
        let demand: Order.Demand
        switch verb {
        case "approve":
            demand = .approve(ActionID(try Need.value(action, "action")), plan: try Need.value(plan, "plan"))
        case "reject":
            demand = .reject(ActionID(try Need.value(action, "action")), reason: try Need.value(reason, "reason"))
        case "undo":
            demand = .undo(ActionID(try Need.value(action, "action")), reason: try Need.value(reason, "reason"))
        case "resume":
            demand = .resume(stop: try Need.value(stop, "stop"), reason: try Need.value(reason, "reason"))
        case "sync": demand = .sync(stream: stream)
        case "reconcile": demand = .reconcile(stream: stream)
        default: throw Unreadable("verb: \(verb.shown) is not a known order")
        }
        return SignedOrder(
            Order(
                demand, deployment: deployment, console: try Need.value(ConsoleID(console), "console"), by: by,
                at: try Need.time(at, "at"), until: try Need.time(until, "until")),
            signature: signature)
    }
}

extension Topic where Message == SignedOrder {
    static func ordersConsoles(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { _ in "order.signed" }, key: { Bytes($0.order.console.rawValue) },
            wire: { SignedOrderV1($0) },
            message: { (wire: SignedOrderV1) throws(Unreadable) -> SignedOrder in try wire.order() })
    }
}

extension SignedOrder {
    /// The stop that it lifts; nil for an order of another kind.
    fileprivate var stop: String? {
        if case .resume(let stop, _) = order.demand { stop } else { nil }
    }
}

private struct ControlV1: Codable {
    var stop: StopV1?
    var resume: SignedOrderV1?
}

extension Topic where Message == Control {
    /// A stop is keyed `stop/<id>`, a resume `resume/<console>/<id>`: each console lifts a stop for itself, and
    /// compaction must keep the stop and every one of its resumes.
    static func controls(_ name: String, source: String) -> Topic {
        .json(
            name, source: source,
            type: { $0.stop == nil ? "control.resume" : "control.stop" },
            key: {
                switch $0 {
                case .stop(let stop): Bytes("stop/\(stop.id)")
                case .resume(let signed): Bytes("resume/\(signed.order.console)/\(signed.stop ?? "")")
                }
            },
            wire: {
                switch $0 {
                case .stop(let stop): ControlV1(stop: StopV1(stop))
                case .resume(let signed): ControlV1(resume: SignedOrderV1(signed))
                }
            },
            message: { (wire: ControlV1) throws(Unreadable) -> Control in
                if let stop = wire.stop { return .stop(try stop.stop()) }
                let signed = try Need.value(wire.resume, "resume").order()
                guard signed.stop != nil else { throw Unreadable("resume.verb: expected resume") }
                return .resume(signed)
            })
    }
}

/// Of whoever reads: what became of an order.
struct FeedAnswerV1: Codable {
    let order: String
    let wish: String
    var stream: String?
    let by: String
    let at: String
    var refusal: String?

    init(_ answer: FeedAnswer) {
        order = answer.order
        wish = answer.wish.rawValue
        stream = answer.stream
        by = answer.by
        at = answer.at.wire
        refusal = answer.refusal
    }

    func message() throws(Unreadable) -> FeedAnswer {
        FeedAnswer(
            order: order, try Need.choice(wish, "wish"), of: stream, by: by,
            at: try Need.time(at, "at"), refusal: refusal)
    }
}
