import ActionLedger
import Contracts
import Pipeline
import Ports
import SentinelOne

// Who the token is.
extension ActionPerformer {
    func learnRole(
        _ purpose: ConsoleObservations.Purpose, _ result: HTTPResult, from console: Console, call: CallID,
        seen: inout ConsoleObservations, now: Timestamp
    ) {
        do throws(ReadProblem) {
            switch purpose {
            case .whoAmI:
                let token = try TokenFacts(result, from: console)
                // A grant whose role cannot be read may be of any: then nothing is sure to hold.
                let isVague = token.grants.contains { $0.roleID == nil }
                seen.roleReading = (token, now, token.roleIDs, isVague ? [] : nil)
                seen.answered(call, again: nextLook(at: now))
            case .role(let id):
                let granted = try PermissionSet(result, from: console).granted
                seen.answered(call, again: nextLook(at: now))
                guard var reading = seen.roleReading, reading.rest.first == id else { return }
                reading.rest.removeFirst()
                // Of several roles only what all of them grant is sure to hold everywhere.
                reading.granted = reading.granted.map { $0.intersection(granted) } ?? granted
                seen.roleReading = reading
            case .target, .threats, .lastOrder, .inquiry, .report, .state: return
            }
            seen.roleFailed = false
            guard let reading = seen.roleReading, reading.rest.isEmpty else { return }
            seen.roleReading = nil
            seen.role = Observed(RoleFacts(reading.token, granted: reading.granted ?? []), at: reading.at)
        } catch {
            seen.failed(call, at: now, retryAfter: error.retryAfter)
            seen.roleReading = nil
            seen.roleFailed = true
            if error.remedy == .hold { seen.role = nil }
            signals.failure("role.unknown", error, [.console: .text(console.id)])
        }
    }
}

extension RoleFacts {
    /// Kept by the names that the ledger asks for: roles spell them in several ways.
    fileprivate init(_ token: TokenFacts, granted: Set<Permission>) {
        let names = Set(ActionKind.allCases.flatMap { [$0.permission] + $0.inquiryPermissions })
        self.init(
            user: token.userID, permissions: names.filter { granted.contains(Permission($0)) },
            // A level that is new is not taken for a wide one.
            sites: token.scope == .tenant || token.scope == .account ? nil : Set(token.scopeIDs),
            expiresAt: token.expiresAt)
    }
}
