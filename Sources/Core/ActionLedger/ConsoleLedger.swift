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
    /// Everybody our tokens ever acted as: an order by one of them is not somebody else's.
    package private(set) var ourUsers: Set<String> = []
    /// The actions on each endpoint, in the order in which they were recorded.
    private var onEndpoint: [String: [ActionID]] = [:]

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
            onEndpoint[request.target.endpoint, default: []].append(id)
            if case .order(let order, _, _) = request.origin { answeredOrders.insert(order) }
        case .action(let id, let event):
            entries[id]?.apply(event)
            switch event {
            case .approved(_, let order, _), .rejected(_, let order, _): answeredOrders.insert(order)
            case .attempted(_, let at, let user, _):
                lastAttemptAt = max(lastAttemptAt, at)
                ourUsers.insert(user)
            case .requested, .approvalLapsed, .held, .outcome, .absenceSeen, .confirmed, .failed, .overdue,
                .alreadySo, .superseded, .rehearsed, .gaveUp, .withdrawn:
                break
            }
        case .stopSeen(let stop):
            guard isNews(stop) else { return }
            stops[stop.id] = stop
            liftedStops.remove(stop.id)
        case .stopLifted(let stop, _, let order):
            liftedStops.insert(stop)
            answeredOrders.insert(order)
        case .orderRefused(let order, _, _): answeredOrders.insert(order)
        }
    }

    /// A stop that was read. The same one again is no news, even when it was lifted; a later one under its name is.
    package func decide(seen stop: Stop) -> [ConsoleLedgerEvent] { isNews(stop) ? [.stopSeen(stop)] : [] }

    private func isNews(_ stop: Stop) -> Bool { stops[stop.id].map { stop.at > $0.at } ?? true }

    /// Every action on the endpoint of this one, itself included, in the order in which they were recorded.
    func neighbours(of entry: LedgerEntry) -> [LedgerEntry] {
        (onEndpoint[entry.request.target.endpoint] ?? []).compactMap { entries[$0] }
    }

    func newerNeighbours(of entry: LedgerEntry) -> [LedgerEntry] {
        Array(neighbours(of: entry).drop { $0.request.id != entry.request.id }.dropFirst())
    }

    /// Whatever else concerns the same endpoint and has not ended.
    func rivals(of entry: LedgerEntry) -> [LedgerEntry] {
        neighbours(of: entry).filter { $0.request.id != entry.request.id && !$0.state.isEnd }
    }

    /// A newer wish for the opposite, still alive or carried out: it is what people want now. What a person signed
    /// yields only to another person, or to what was carried out: a playbook's wish may never come true.
    func newerOpposite(of entry: LedgerEntry) -> LedgerEntry? {
        newerNeighbours(of: entry).last { other in
            other.request.kind == entry.request.kind.inverse && other.stillSpeaks
                && (!entry.request.isSigned || other.request.isSigned || other.isCarriedOut)
        }
    }

    /// The newer opposite that the console accepted: after it, this one's effect will not be reported any more.
    func acceptedOpposite(of entry: LedgerEntry) -> LedgerEntry? {
        newerNeighbours(of: entry).last { other in
            other.request.kind == entry.request.kind.inverse && other.stillSpeaks && other.wasAccepted
        }
    }

    /// Whether the endpoint's state, as listed, may still be from before an opposite order of ours took effect.
    func isListingDoubtful(for entry: LedgerEntry, limits: LedgerLimits, at now: Timestamp) -> Bool {
        neighbours(of: entry).contains { other in
            guard other.request.kind == entry.request.kind.inverse, let attempt = other.attempt else { return false }
            return other.state == .done
                || (other.state == .confirmed && now < attempt.at + limits.visibilityHorizon)
        }
    }
}

extension LedgerEntry {
    fileprivate var isCarriedOut: Bool { wasAccepted || state == .alreadySo }

    /// Whether the wish behind it stands: it waits, or it was carried out.
    fileprivate var stillSpeaks: Bool {
        switch state {
        case .requested, .held, .attempted, .unknown, .done, .notApplied, .notStarted, .confirmed, .alreadySo: true
        case .awaitingApproval, .failed, .refused, .rejected, .superseded, .rehearsed, .gaveUp, .withdrawn: false
        }
    }
}
