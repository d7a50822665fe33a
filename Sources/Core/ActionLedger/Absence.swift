package import Ports

extension LedgerEntry {
    /// What an inquiry that found no trace of the open attempt may journal. Absence needs proof: nothing before the
    /// visibility horizon has passed or without a role that could have seen a trace, then that absence was seen, and
    /// `notApplied` only from a second look.
    package func absence(
        seenAt now: Timestamp, role: Observed<RoleFacts>?, limits: LedgerLimits
    ) -> LedgerEvent? {
        guard state.isOpenAttempt, let attempt, canSee(role, limits: limits, at: now),
            now >= attempt.at + limits.writeDeadline + limits.grace + limits.visibilityHorizon
        else { return nil }
        guard let seen = absenceSeenAt else { return .absenceSeen(number: attempt.number, at: now) }
        guard now >= seen + limits.absenceGap else { return nil }
        return .outcome(
            number: attempt.number, .notApplied(code: "no record of acceptance, looked for twice"), at: now)
    }

    private func canSee(_ role: Observed<RoleFacts>?, limits: LedgerLimits, at now: Timestamp) -> Bool {
        guard let role, role.isFresh(at: now, within: limits.roleAge) else { return false }
        return role.value.permissions.isSuperset(of: request.kind.inquiryPermissions)
            && role.value.sites?.contains(request.target.site) ?? true
    }
}
