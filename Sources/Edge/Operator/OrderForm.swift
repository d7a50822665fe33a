package import ActionLedger
package import Crypto
package import Investigation
package import Ports

/// Makes orders and signs them. Everything an order says comes from the journals, never from what a person typed,
/// except the reason.
package struct OrderForm {
    private let desk: Desk
    private let deployment: String
    private let key: SigningKey
    private let by: String
    private let now: Timestamp

    package init(_ desk: Desk, deployment: String, key: SigningKey, by: String, at now: Timestamp) {
        self.desk = desk
        self.deployment = deployment
        self.key = key
        self.by = by
        self.now = now
    }

    /// Why there is nothing to sign.
    package struct Refusal: Error, Equatable {
        package let sentence: String
        package init(sentence: String) { self.sentence = sentence }
    }

    package func approve(_ text: String, for validity: Duration) throws(Refusal) -> SignedOrder {
        let entry = try entry(text)
        guard entry.state == .awaitingApproval else {
            throw Refusal(sentence: "\(text) does not wait for an approval: it is \(entry.state.rawValue)")
        }
        return sign(.approve(entry.request.id, plan: entry.plan), console: entry.request.console, for: validity)
    }

    package func reject(_ text: String, reason: String) throws(Refusal) -> SignedOrder {
        let entry = try entry(text)
        return sign(.reject(entry.request.id, reason: reason), console: entry.request.console)
    }

    package func undo(_ text: String, reason: String) throws(Refusal) -> SignedOrder {
        let entry = try entry(text)
        return sign(.undo(entry.request.id, reason: reason), console: entry.request.console)
    }

    /// One order per console that the stop concerns.
    package func resume(_ id: String, reason: String, consoles: [ConsoleID]) throws(Refusal) -> [SignedOrder] {
        guard let stop = desk.activeStops.first(where: { $0.id == id }) else {
            throw Refusal(sentence: "no stop \(id) is in force")
        }
        return (stop.console.map { [$0] } ?? consoles).map { sign(.resume(stop: id, reason: reason), console: $0) }
    }

    private func entry(_ text: String) throws(Refusal) -> LedgerEntry {
        guard let entry = desk.action(ActionID(text)) else { throw Refusal(sentence: "no action \(text)") }
        return entry
    }

    /// An order that is not an approval need only outlive its way to the worker.
    private func sign(
        _ demand: Order.Demand, console: ConsoleID, for validity: Duration = .seconds(3_600)
    ) -> SignedOrder {
        let order = Order(
            demand, deployment: deployment, console: console, by: by, at: now, until: now + validity)
        return SignedOrder(order, signature: key.sign(Bytes(order.text)).base64)
    }
}
