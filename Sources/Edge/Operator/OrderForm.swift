package import ActionLedger
package import Contracts
package import Crypto
package import Investigation
package import Ports

/// Makes orders and signs them. Everything an order says comes from the journals, never from what a person typed,
/// except the reason. What the ledger would refuse anyway is refused before anything is signed.
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

    package func approve(_ id: ActionID, for validity: Duration) throws(Refusal) -> SignedOrder {
        let entry = try entry(id)
        guard entry.state == .awaitingApproval else {
            throw Refusal("\(id) does not wait for an approval: it is \(entry.state.rawValue)")
        }
        return sign(.approve(id, plan: entry.plan), console: entry.request.console, for: validity)
    }

    package func reject(_ id: ActionID, reason: String) throws(Refusal) -> SignedOrder {
        let entry = try entry(id)
        if entry.state.isOpenAttempt || entry.state == .done {
            throw Refusal("\(id) is under way: undo it instead")
        }
        if entry.state.isEnd { throw Refusal("\(id) has ended: it is \(entry.state.rawValue)") }
        return sign(.reject(id, reason: reason), console: entry.request.console)
    }

    package func undo(_ id: ActionID, reason: String) throws(Refusal) -> SignedOrder {
        let entry = try entry(id)
        if entry.state.isEnd && !entry.wasAccepted {
            throw Refusal("\(id) was never carried out: it is \(entry.state.rawValue)")
        }
        return sign(.undo(id, reason: reason), console: entry.request.console)
    }

    /// One order per console that the stop concerns.
    package func resume(_ id: String, reason: String, consoles: [ConsoleID]) throws(Refusal) -> [SignedOrder] {
        guard let stop = desk.activeStops.first(where: { $0.id == id }) else {
            throw Refusal("no stop \(id) is in force")
        }
        return (stop.console.map { [$0] } ?? consoles).map { sign(.resume(stop: id, reason: reason), console: $0) }
    }

    /// One order per console, of all its streams or of one.
    package func read(_ wish: FeedWish, _ reach: Reach) -> [SignedOrder] {
        let stream = reach.stream?.rawValue
        return reach.consoles.map { console in
            switch wish {
            case .sync: sign(.sync(stream: stream), console: console)
            case .reconcile: sign(.reconcile(stream: stream), console: console)
            }
        }
    }

    private func entry(_ id: ActionID) throws(Refusal) -> LedgerEntry {
        guard let entry = desk.action(id) else { throw Refusal("no action \(id)") }
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
