package import Ports

/// What the performer must do now. An attempt without a known outcome is never repeated blindly.
package enum NextMove: Hashable, Sendable {
    case nothing
    case awaitApproval
    /// Something must pass first: another action on the target, a back-off, a call's own deadline.
    case wait(reason: String, until: Timestamp?)
    /// The facts the gates need are missing or stale: read them.
    case look
    case lapse
    case hold(GateAnswer)
    case rehearse([GateAnswer])
    case alreadySo
    case supersede(by: String)
    case attempt(number: Int, [GateAnswer])
    case inquire
    case watch
    case becomeOverdue
    case giveUp(reason: String)
}

extension ConsoleLedger {
    /// Total and pure: the same ledger, facts and time always give the same move.
    package func nextMove(
        for id: ActionID, facts: GateFacts, limits: LedgerLimits, at now: Timestamp
    ) -> NextMove {
        guard let entry = entries[id], !entry.state.isEnd else { return .nothing }
        switch entry.state {
        case .attempted, .unknown: return inquiry(of: entry, limits: limits, at: now)
        case .done:
            // What was undone before the endpoint reported it will never be reported.
            if let newer = acceptedOpposite(of: entry) { return .supersede(by: newer.request.id.rawValue) }
            return watching(entry, limits: limits, at: now)
        case .requested, .awaitingApproval, .held, .notApplied, .notStarted:
            return preparing(entry, facts: facts, limits: limits, at: now)
        case .confirmed, .failed, .refused, .rejected, .alreadySo, .superseded, .rehearsed, .gaveUp, .withdrawn:
            return .nothing
        }
    }

    /// We may have acted. Wait until no call of that attempt can still be under way, then ask.
    private func inquiry(of entry: LedgerEntry, limits: LedgerLimits, at now: Timestamp) -> NextMove {
        guard let attempt = entry.attempt else { return .nothing }
        let earliest = attempt.at + limits.writeDeadline + limits.grace
        return now < earliest ? .wait(reason: "the call may still be under way", until: earliest) : .inquire
    }

    private func watching(_ entry: LedgerEntry, limits: LedgerLimits, at now: Timestamp) -> NextMove {
        guard let attempt = entry.attempt else { return .nothing }
        return !entry.isOverdue && now > attempt.at + limits.overdueAfter ? .becomeOverdue : .watch
    }

    private func preparing(
        _ entry: LedgerEntry, facts: GateFacts, limits: LedgerLimits, at now: Timestamp
    ) -> NextMove {
        // Under a dry run an action ends at once, so that turning it off releases nothing that waited.
        let answers = gates(for: entry, facts: facts, limits: limits, at: now)
        if facts.isDryRun { return .rehearse(answers.filter { !$0.isOpen && $0.gate != .dryRun }) }
        if let newer = newerOpposite(of: entry) { return .supersede(by: newer.request.id.rawValue) }
        if entry.attemptsUsed >= limits.attemptLimit {
            return .giveUp(reason: "not applied after \(entry.attemptsUsed) attempts")
        }
        if entry.request.needsApproval {
            guard let approval = entry.approval else { return .awaitApproval }
            if now >= approval.until { return .lapse }
        }
        let rival = rivals(of: entry).first {
            $0.state.isOpenAttempt || ($0.state == .done && $0.request.kind == entry.request.kind)
        }
        if let rival {
            return .wait(reason: "\(rival.request.id) is under way on the same endpoint", until: nil)
        }
        // A setback dated further ahead than clocks may differ is a wrong clock's: the clock gate answers for it.
        if let last = entry.lastSetbackAt, last <= now + limits.clockSkew,
            case let due = last + Self.setbackDelay(entry.setbacks, limits), now < due
        {
            return .wait(reason: entry.note, until: due)
        }
        return decided(entry, answers: answers, facts: facts, limits: limits, at: now)
    }

    private func decided(
        _ entry: LedgerEntry, answers: [GateAnswer], facts: GateFacts, limits: LedgerLimits, at now: Timestamp
    ) -> NextMove {
        // Looking costs calls, so what needs no look holds first.
        for gate in [Gate.role, .killSwitch] {
            if let closed = answers.first(where: { $0.gate == gate && !$0.isOpen }) { return .hold(closed) }
        }
        guard Self.hasLooked(entry, facts: facts, limits: limits, at: now) else { return .look }
        if let foreign = Self.foreignOrder(after: entry, in: self, facts: facts, limits: limits) {
            return .supersede(by: "user \(foreign.user) of the console")
        }
        if let closed = answers.first(where: { !$0.isOpen }) { return .hold(closed) }
        if facts.target?.value?.networkStatus == entry.request.kind.networkStatus,
            !isListingDoubtful(for: entry, limits: limits, at: now)
        {
            return .alreadySo
        }
        return .attempt(number: (entry.attempt?.number ?? 0) + 1, answers)
    }

    private static func hasLooked(
        _ entry: LedgerEntry, facts: GateFacts, limits: LedgerLimits, at now: Timestamp
    ) -> Bool {
        // Half the allowed age, so that the commit between the look and the call does not make it stale.
        let age = limits.lookAge / 2
        guard facts.target?.isFresh(at: now, within: age) ?? false,
            facts.clockOffset?.isFresh(at: now, within: age) ?? false
        else { return false }
        switch entry.request.origin {
        case .playbook: return facts.threats?.isFresh(at: now, within: age) ?? false
        case .order: return facts.lastOrder?.isFresh(at: now, within: age) ?? false
        }
    }

    /// A release is skipped when somebody else ordered the endpoint after the action that it undoes.
    private static func foreignOrder(
        after entry: LedgerEntry, in ledger: ConsoleLedger, facts: GateFacts, limits: LedgerLimits
    ) -> LastOrder? {
        guard case .order(_, _, let undoing?) = entry.request.origin, let last = facts.lastOrder?.value,
            let undone = ledger.entries[undoing], let attempt = undone.attempt
        else { return nil }
        return !ledger.ourUsers.contains(last.user) && last.at > attempt.at - limits.clockSkew ? last : nil
    }

    private static func setbackDelay(_ setbacks: Int, _ limits: LedgerLimits) -> Duration {
        let doubled = limits.setbackInitial * Double(1 << min(max(setbacks - 1, 0), 20))
        return min(doubled, limits.setbackLimit)
    }
}
