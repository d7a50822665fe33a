package import Investigation
package import Ports

/// A halt that a person or a breaker called. It stands until a signed resume names it.
package struct Stop: Hashable, Sendable {
    package let id: String
    /// nil: every console.
    package let console: ConsoleID?
    package let by: String
    package let reason: String
    package let at: Timestamp

    package init(id: String, console: ConsoleID?, by: String, reason: String, at: Timestamp) {
        self.id = id
        self.console = console
        self.by = by
        self.reason = reason
        self.at = at
    }
}

/// What happened in the ledger of one console.
package enum ConsoleLedgerEvent: Hashable, Sendable {
    case action(ActionID, LedgerEvent)
    /// Journaled on sight, so that no compaction and no tombstone can lift a stop.
    case stopSeen(Stop)
    case stopLifted(String, by: String, order: String)
    case orderRefused(order: String, by: String, reason: String)
}

/// Everything that was asked of one console and what became of it.
package struct ConsoleLedger: Equatable, Sendable {
    package private(set) var entries: [ActionID: LedgerEntry] = [:]
    /// In the order in which they were recorded.
    package private(set) var order: [ActionID] = []
    package private(set) var stops: [String: Stop] = [:]
    package private(set) var liftedStops: Set<String> = []
    /// Every signed order that was ever answered, accepted or not: a signature works once.
    package private(set) var answeredOrders: Set<String> = []
    /// The latest intent: our clock must not be behind it.
    package private(set) var lastAttemptAt = Timestamp.zero

    package init() {}

    package var activeStops: [Stop] {
        stops.values.filter { !liftedStops.contains($0.id) }.sorted { $0.id < $1.id }
    }

    package mutating func apply(_ event: ConsoleLedgerEvent) {
        switch event {
        case .action(let id, .requested(let request, let plan)):
            guard entries[id] == nil else { return }
            entries[id] = LedgerEntry(request, plan: plan)
            order.append(id)
            if case .order(let order, _, _) = request.origin { answeredOrders.insert(order) }
        case .action(let id, let event):
            entries[id]?.apply(event)
            switch event {
            case .approved(_, let order, _), .rejected(_, let order, _): answeredOrders.insert(order)
            case .attempted(_, let at, _, _): lastAttemptAt = max(lastAttemptAt, at)
            case .requested, .approvalLapsed, .held, .outcome, .absenceSeen, .confirmed, .failed, .overdue,
                .alreadySo, .superseded, .rehearsed, .gaveUp, .withdrawn:
                break
            }
        case .stopSeen(let stop): stops[stop.id] = stop
        case .stopLifted(let stop, _, let order):
            liftedStops.insert(stop)
            answeredOrders.insert(order)
        case .orderRefused(let order, _, _): answeredOrders.insert(order)
        }
    }

    /// Whatever else concerns the same endpoint and has not ended.
    func rivals(of entry: LedgerEntry) -> [LedgerEntry] {
        order.compactMap { entries[$0] }.filter {
            $0.request.id != entry.request.id && $0.request.target.endpoint == entry.request.target.endpoint
                && !$0.state.isEnd
        }
    }

    /// A newer wish for the opposite, still alive or carried out: it is what people want now.
    func newerOpposite(of entry: LedgerEntry) -> ActionID? {
        guard let place = order.firstIndex(of: entry.request.id) else { return nil }
        return order[(place + 1)...].last { id in
            guard let other = entries[id] else { return false }
            return other.request.target.endpoint == entry.request.target.endpoint
                && other.request.kind == entry.request.kind.inverse && other.stillSpeaks
        }
    }
}

extension LedgerEntry {
    /// Whether the wish behind it stands: it waits, or it was carried out.
    fileprivate var stillSpeaks: Bool {
        switch state {
        case .requested, .held, .attempted, .unknown, .done, .notApplied, .notStarted, .confirmed, .alreadySo: true
        case .awaitingApproval, .failed, .refused, .rejected, .superseded, .rehearsed, .gaveUp, .withdrawn: false
        }
    }
}
