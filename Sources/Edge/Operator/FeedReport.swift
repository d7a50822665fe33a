package import ActionLedger
package import Contracts
import Investigation
import Ports

/// What was ordered of ingest, and how far that has come as far as a desk has seen; without an order, what was last.
package struct FeedReport {
    /// What became of an order, at one stream of one console.
    enum Progress: Equatable {
        case sent
        case refused(String)
        /// Nobody can follow it: the console does not take the token, or does not show the list.
        case unread(reason: String, remedy: String)
        /// The console has nothing to compare with.
        case uncompared
        case pending
        /// Nothing was ordered, and there is nothing to show.
        case never
        case done

        var word: String {
            switch self {
            case .sent: "sent"
            case .refused: "refused"
            case .unread: "unread"
            case .uncompared: "uncompared"
            case .pending: "pending"
            case .never: "never"
            case .done: "done"
            }
        }
    }

    let wish: FeedWish
    let reach: Reach
    let by: String?
    let orders: [ConsoleID: SignedOrder]
    /// How many records were published since the order, where they were counted.
    package var published: [FeedPlace: Int]?

    package init(_ wish: FeedWish, _ reach: Reach, by: String? = nil, orders: [SignedOrder] = []) {
        self.wish = wish
        self.reach = reach
        self.by = by
        self.orders = Dictionary(orders.map { ($0.order.console, $0) }) { $1 }
    }

    /// Whether every console's ingest has said yes or no.
    package func isAnswered(on desk: Desk) -> Bool { orders.values.allSatisfy { desk.fate(of: $0) != .sent } }

    /// Whether nothing is left to be waited for.
    package func isOver(on desk: Desk) -> Bool {
        reach.places.allSatisfy { ![.sent, .pending].contains(progress(of: $0, on: desk)) }
    }

    /// For whoever waits, on one line.
    package func progressLine(on desk: Desk) -> String {
        let open = reach.places.filter { [.sent, .pending].contains(progress(of: $0, on: desk)) }
        let names = open.map { "\($0.console) \($0.stream.rawValue)" }.joined(separator: ", ")
        return (wish == .sync ? "being read: " : "being compared: ") + names
    }

    func progress(of place: FeedPlace, on desk: Desk) -> Progress {
        let feed = desk.feeds[place]
        let isUncompared = wish == .reconcile && !place.stream.isCounted
        guard let order = orders[place.console] else {
            if isUncompared { return .uncompared }
            // What was found stays found; how far a stream is says little of one that is not read any more.
            if wish == .reconcile, feed?.reconciled != nil { return .done }
            return desk.obstacle(to: place) ?? (wish == .sync && feed?.position != nil ? .done : .never)
        }
        switch desk.fate(of: order) {
        case .sent: return .sent
        case .refused(let reason): return .refused(reason)
        case .accepted: if isUncompared { return .uncompared }
        }
        guard let taken = desk.taken(order) else { return .pending }
        if feed?.hasDone(wish, since: taken, of: place.stream) == true { return .done }
        return desk.obstacle(to: place) ?? .pending
    }

    /// 1: something is missing still, refused, or not to be had; 75: it is under way, or nobody took it.
    package func exitCode(on desk: Desk, waited: Bool) -> Int32 {
        let all = reach.places.map { progress(of: $0, on: desk) }
        let isLacking = zip(reach.places, all).contains { place, progress in
            wish == .reconcile && progress == .done && (desk.feeds[place]?.reconciled?.open ?? 0) > 0
        }
        let isStopped = all.contains { ["refused", "unread"].contains($0.word) }
        if isStopped || isLacking { return Complaint.Kind.refused.rawValue }
        let isOpen = all.contains(.sent) || all.contains(.pending)
        return waited && isOpen ? Complaint.Kind.unanswered.rawValue : 0
    }
}

extension Desk.Feed {
    fileprivate func hasDone(_ wish: FeedWish, since taken: Timestamp, of stream: ObservedStream) -> Bool {
        switch wish {
        case .reconcile: return (reconciled?.at ?? .zero) >= taken
        case .sync:
            guard let position, (position.synced ?? .zero) >= taken else { return false }
            // A list of all of them is ordered with it: no walk tells of changes without a time, nor who is gone.
            return stream != .agents || (position.snapshot ?? position.caughtUp ?? .zero) >= taken
        }
    }
}

extension Desk {
    /// Why a stream is not read at all, by what ingest said last of its console.
    fileprivate func obstacle(to place: FeedPlace) -> FeedReport.Progress? {
        guard let status = consoles[place.console] else { return nil }
        switch status.state {
        case .failed(let failure): return .unread(reason: failure.reason, remedy: failure.remedy)
        case .untried, .working: break
        }
        return status.streams.first { $0.name == place.stream.rawValue }?.off.map {
            .unread(
                reason: $0.reason,
                remedy: "docket check --connect \(place.console) tells what the token may read; ingest tries it again "
                    + "at \($0.triedAgainAt.toTheSecond)")
        }
    }
}

extension FeedReconciliation {
    /// What polling had missed.
    var missing: Int { repaired + open }
    var hours: Int { Int((to - from) / .seconds(3_600)) }
}

extension Timestamp {
    var toTheSecond: String { description.prefix(19) + "Z" }
}
