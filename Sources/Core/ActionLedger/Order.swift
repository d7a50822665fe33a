package import Investigation
package import Ports

/// What a person asks for, before it is signed.
package struct Order: Hashable, Sendable {
    /// An approval is for a situation, and no situation lasts longer, whatever was signed.
    package static let longestApproval: Duration = .seconds(7 * 86_400)

    package enum Demand: Hashable, Sendable {
        /// Yes to exactly the plan with this hash.
        case approve(ActionID, plan: String)
        case reject(ActionID, reason: String)
        /// Do the inverse of an action that was carried out; withdraw one that was not.
        case undo(ActionID, reason: String)
        case resume(stop: String, reason: String)
        /// Read a stream of the console now, or all of them: nothing that the ledger has to do with.
        case sync(stream: String?)
        /// Compare now what was shown with what the console counts.
        case reconcile(stream: String?)

        /// Whether it is about reading, and so for who polls.
        package var isAboutReading: Bool {
            switch self {
            case .approve, .reject, .undo, .resume: false
            case .sync, .reconcile: true
            }
        }
    }

    package let demand: Demand
    /// A signature for one deployment means nothing in another.
    package let deployment: String
    package let console: ConsoleID
    package let by: String
    package let at: Timestamp
    package let until: Timestamp

    package init(
        _ demand: Demand, deployment: String, console: ConsoleID, by: String, at: Timestamp, until: Timestamp
    ) {
        self.demand = demand
        self.deployment = deployment
        self.console = console
        self.by = by
        self.at = at
        self.until = until
    }

    /// The text that is signed and whose hash names the order: every field on a line of its own.
    package var text: String {
        let (verb, object, detail) =
            switch demand {
            case .approve(let action, let plan): ("approve", action.rawValue, plan)
            case .reject(let action, let reason): ("reject", action.rawValue, reason)
            case .undo(let action, let reason): ("undo", action.rawValue, reason)
            case .resume(let stop, let reason): ("resume", stop, reason)
            case .sync(let stream): ("sync", stream ?? "*", "")
            case .reconcile(let stream): ("reconcile", stream ?? "*", "")
            }
        return [
            "docket-order-1", "deployment \(deployment)", "console \(console)", "by \(by)",
            "at \(at.microseconds)", "until \(until.microseconds)", "\(verb) \(object)", "detail \(detail)",
        ].map(\.onOneLine).joined(separator: "\n")
    }
}

package struct SignedOrder: Hashable, Sendable {
    package let order: Order
    /// As the signer's tool wrote it.
    package let signature: String

    package init(_ order: Order, signature: String) {
        self.order = order
        self.signature = signature
    }

    /// What a forgery is answered under the hash of: it must not pass for the genuine order, nor use it up.
    package var forgeryText: String { order.text + "\nsignature " + signature.onOneLine }
}

/// What the ledger must know of the world to answer an order. Hashing and signatures come from outside the core.
package struct OrderContext: Sendable {
    package let deployment: String
    /// SHA-256, in hexadecimal.
    package let hash: @Sendable (String) -> String
    /// Whether `by` is an approver of this deployment and the signature over `text` is theirs.
    package let isGenuine: @Sendable (_ text: String, _ signature: String, _ by: String) -> Bool

    package init(
        deployment: String, hash: @escaping @Sendable (String) -> String,
        isGenuine: @escaping @Sendable (String, String, String) -> Bool
    ) {
        self.deployment = deployment
        self.hash = hash
        self.isGenuine = isGenuine
    }
}

extension OrderContext {
    /// What an order is answered under: the hash of what was signed. A forgery has a name of its own.
    package func name(of signed: SignedOrder) -> String {
        let text = signed.order.text
        let isGenuine = isGenuine(text, signed.signature, signed.order.by)
        return hash(isGenuine ? text : signed.forgeryText)
    }

    /// Why an order that needs no answer on the record is not followed; nil: it is in order.
    package func refusal(of signed: SignedOrder, at now: Timestamp) -> String? {
        let order = signed.order
        if order.deployment != deployment { return "signed for another deployment" }
        if !isGenuine(order.text, signed.signature, order.by) {
            return "the signature is not one of an approver named \(order.by)"
        }
        return now < order.until ? nil : "expired at \(order.until)"
    }
}

extension ConsoleLedger {
    /// What an order changes. One that was answered before changes nothing; one that is not in order is refused on
    /// the record.
    package func decide(
        on signed: SignedOrder, for console: ConsoleID, context: OrderContext, at now: Timestamp
    ) -> [ConsoleLedgerEvent] {
        let order = signed.order
        let hash = context.hash(order.text)
        if answeredOrders.contains(hash) || isFulfilled(order.demand) { return [] }
        func refused(_ reason: String, as name: String? = nil) -> [ConsoleLedgerEvent] {
            // What strangers wrote is not kept whole: an entry that is too large would stop the loop.
            [
                .orderRefused(
                    order: name ?? hash, by: order.by.printable(atMost: 100), reason: reason.printable(atMost: 400))
            ]
        }
        guard order.deployment == context.deployment else { return refused("signed for another deployment") }
        guard order.console == console else { return refused("signed for another console") }
        guard context.isGenuine(order.text, signed.signature, order.by) else {
            // Recorded under its own name: a forged copy must not use the genuine order up.
            let forged = context.hash(signed.forgeryText)
            if answeredOrders.contains(forged) { return [] }
            return refused("the signature is not one of an approver named \(order.by)", as: forged)
        }
        guard now < order.until else { return refused("expired at \(order.until)") }
        switch answer(to: order, hash: hash, context: context, at: now) {
        case .success(let event): return [event]
        case .failure(let refusal): return refused(refusal.reason)
        }
    }

    /// A withdrawal names no order, and needs none: the action has ended, so no order can move it again.
    private func isFulfilled(_ demand: Order.Demand) -> Bool {
        if case .undo(let id, _) = demand { entries[id]?.state == .withdrawn } else { false }
    }

    private struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private func answer(
        to order: Order, hash: String, context: OrderContext, at now: Timestamp
    ) -> Result<ConsoleLedgerEvent, Refusal> {
        switch order.demand {
        case .approve(let id, let plan):
            approval(of: id, plan: plan, order: order, hash: hash, at: now)
        case .reject(let id, let reason):
            switch entries[id]?.state {
            case nil: .failure(Refusal("no action \(id)"))
            case .attempted, .unknown, .done: .failure(Refusal("the action is under way; undo it instead"))
            case .some(let state) where state.isEnd: .failure(Refusal("the action has ended"))
            case .some: .success(.action(id, .rejected(by: order.by, order: hash, reason: reason)))
            }
        case .undo(let id, let reason):
            undo(id, reason: reason, order: order, hash: hash, context: context, at: now)
        case .resume(let stop, _):
            if stops[stop] != nil {
                .success(.stopLifted(stop, by: order.by, order: hash))
            } else {
                .failure(Refusal("no stop \(stop)"))
            }
        case .sync, .reconcile: .failure(Refusal("it is about reading, which the ledger has no part in"))
        }
    }

    private func approval(
        of id: ActionID, plan: String, order: Order, hash: String, at now: Timestamp
    ) -> Result<ConsoleLedgerEvent, Refusal> {
        guard let entry = entries[id] else { return .failure(Refusal("no action \(id)")) }
        guard entry.plan == plan else { return .failure(Refusal("the plan was another one")) }
        if case .order(_, let requester, _) = entry.request.origin, requester == order.by {
            return .failure(Refusal("nobody approves what they asked for"))
        }
        guard !entry.state.isEnd, !entry.state.isUnderWay, !entry.isApproved(at: now) else {
            return .failure(Refusal("the action does not wait for an approval"))
        }
        let until = min(order.until, now + Order.longestApproval)
        return .success(.action(id, .approved(by: order.by, order: hash, until: until)))
    }

    private func undo(
        _ id: ActionID, reason: String, order: Order, hash: String, context: OrderContext, at now: Timestamp
    ) -> Result<ConsoleLedgerEvent, Refusal> {
        guard let entry = entries[id] else { return .failure(Refusal("no action \(id)")) }
        // What provably never reached the endpoint must not be released: its isolation would be somebody else's.
        guard entry.state.isOpenAttempt || entry.wasAccepted else {
            if entry.state == .refused { return .failure(Refusal("the console refused the action")) }
            if entry.state.isEnd { return .failure(Refusal("the action was never carried out")) }
            return .success(.action(id, .withdrawn(reason: "undone by \(order.by): \(reason)")))
        }
        let inverse = entry.request.kind.inverse
        guard inverse.isRelease else { return .failure(Refusal("\(inverse.rawValue) is not a release")) }
        if let refusal = reasonNotToUndo(entry) { return .failure(refusal) }
        let target = entry.request.target
        let request = ActionRequest(
            id: ActionID(order: hash, step: inverse.rawValue, target: target.endpoint), kind: inverse,
            console: entry.request.console, subject: entry.request.subject, target: target,
            origin: .order(hash, by: order.by, undoing: id), reason: reason, needsApproval: false, requestedAt: now)
        let plan = context.hash(request.plan(deployment: context.deployment))
        return .success(.action(request.id, .requested(request, plan: plan)))
    }

    /// A person undoes what they name, not what came after it, and once.
    private func reasonNotToUndo(_ entry: LedgerEntry) -> Refusal? {
        for newer in newerNeighbours(of: entry) {
            let id = newer.request.id
            if newer.request.kind == entry.request.kind, newer.state.isOpenAttempt || newer.wasAccepted {
                return Refusal("the same was done again by \(id): undo that instead")
            }
            guard case .order(_, _, entry.request.id?) = newer.request.origin else { continue }
            if !newer.state.isEnd || newer.state == .confirmed || newer.state == .alreadySo {
                return Refusal("the action is undone by \(id)")
            }
        }
        return nil
    }

    /// A wish from a playbook, recorded once under its id. The settings may ask for an approval that the wish does not.
    /// What a person signs comes as an order: a wish that says so of itself is not taken.
    package func decide(
        on request: ActionRequest, context: OrderContext, needsApproval: Bool = false
    ) -> [ConsoleLedgerEvent] {
        guard entries[request.id] == nil, !request.isSigned else { return [] }
        let recorded = needsApproval ? request.withApproval : request
        let plan = context.hash(recorded.plan(deployment: context.deployment))
        return [.action(recorded.id, .requested(recorded, plan: plan))]
    }

    /// Withdrawn from any state without an open attempt; what was carried out stays, and is undone by a person.
    package func decide(withdrawing id: ActionID, reason: String) -> [ConsoleLedgerEvent] {
        guard let entry = entries[id], !entry.state.isEnd, !entry.state.isOpenAttempt, entry.state != .done else {
            return []
        }
        return [.action(id, .withdrawn(reason: reason))]
    }
}

extension String {
    /// Line breaks and backslashes escaped, so that no field of a signed text can pose as another; so is what would
    /// hide or turn text on the terminal of whoever is about to sign it.
    var onOneLine: String {
        var line = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\0"..<" ", "\u{7f}"..."\u{9f}", "\u{200e}"..."\u{200f}", "\u{2028}"..."\u{202e}",
                "\u{2066}"..."\u{2069}":
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)  // every other character stands for itself
            }
        }
        return line
    }
}
