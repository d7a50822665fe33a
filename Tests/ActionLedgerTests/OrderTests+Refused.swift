import ActionLedger
import Samples
import Testing

/// Every way in which an order can be out of order, with the words it is refused in.
extension OrderTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let order: @Sendable (_ plan: String) -> SignedOrder

        init(_ why: String, _ reason: String, _ order: @escaping @Sendable (String) -> SignedOrder) {
            testDescription = why
            self.reason = reason
            self.order = order
        }
    }

    static let refused = [
        Refused("another plan", "the plan was another one") { _ in
            Samples.order(.approve(Samples.actionID(), plan: "0000"))
        },
        Refused("an unknown action", "no action x") { Samples.order(.approve(ActionID("x"), plan: $0)) },
        Refused("an expired order", "expired at") {
            Samples.order(.approve(Samples.actionID(), plan: $0), until: Samples.now)
        },
        Refused("another deployment", "signed for another deployment") {
            Samples.order(.approve(Samples.actionID(), plan: $0), deployment: "staging")
        },
        Refused("another console", "signed for another console") {
            Samples.order(.approve(Samples.actionID(), plan: $0), console: Samples.console("us1"))
        },
        Refused("a stranger", "the signature is not one of an approver named mallory") {
            Samples.order(.approve(Samples.actionID(), plan: $0), by: "mallory")
        },
        Refused("a forged signature", "the signature is not one of an approver named ada") {
            SignedOrder(Samples.order(.approve(Samples.actionID(), plan: $0)).order, signature: "forged")
        },
        Refused("another's signature", "the signature is not one of an approver named ada") {
            let theirs = Samples.order(.approve(Samples.actionID(), plan: $0), by: "grace")
            return SignedOrder(Samples.order(.approve(Samples.actionID(), plan: $0)).order, signature: theirs.signature)
        },
        Refused("a resume of no stop", "no stop stop-9") { _ in
            Samples.order(.resume(stop: "stop-9", reason: "r"))
        },
        Refused("a rejection of no action", "no action x") { _ in Samples.order(.reject(ActionID("x"), reason: "r")) },
        Refused("an undo of no action", "no action x") { _ in Samples.order(.undo(ActionID("x"), reason: "r")) },
    ]
}
