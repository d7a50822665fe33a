import Pipeline
import Ports

/// Calls that only read, and where they are.
struct PacedRead {
    let call: CallID
    let request: HTTPRequest
    let since: Duration
    let expires: Duration
    var backoff: Backoff
    var attempts = 0
    /// What the last attempt came to.
    var last: HTTPResult?
}

/// Everything that one user asks of one console under one rate: who waits, and what the bucket holds.
final class PacedLine {
    /// A write that asked whether it may: it has a call set aside for it, or is the next to get one.
    private struct Promise {
        let call: CallID
        var isKept: Bool
        var expires: Duration
    }

    var bucket: RateBucket
    /// Grows with every refusal in a row.
    var backoff: Backoff
    var inFlight = 0
    private var queue: [PacedRead] = []
    private var later: [(due: Duration, read: PacedRead)] = []
    private var promises: [Promise] = []

    /// From the promise to the call lies one commit.
    private static let promiseHolds = Duration.seconds(30)
    /// Whoever does not ask again within this does not want it any more.
    private static let interestHolds = Duration.seconds(2)

    init(_ bucket: RateBucket, backoff: Backoff) {
        self.bucket = bucket
        self.backoff = backoff
    }

    var waiting: Int { queue.count + later.count }

    func append(_ read: PacedRead) { queue.append(read) }

    func postpone(_ read: PacedRead, until due: Duration) { later.append((due, read)) }

    /// Whether a write may start now; its call is then set aside until it does.
    func promise(to call: CallID, at now: Duration) -> Bool {
        if let index = promises.firstIndex(where: { $0.call == call }) {
            promises[index].expires = now + (promises[index].isKept ? Self.promiseHolds : Self.interestHolds)
        } else {
            promises.append(Promise(call: call, isKept: false, expires: now + Self.interestHolds))
        }
        keepPromises(at: now)
        return promises.contains { $0.call == call && $0.isKept }
    }

    /// For a write that starts now: what was set aside for it, or one that is free.
    func takeForWrite(_ call: CallID, at now: Duration) -> Bool {
        keepPromises(at: now)
        if let index = promises.firstIndex(where: { $0.call == call }) {
            return promises.remove(at: index).isKept
        }
        return bucket.take(at: now)
    }

    /// In the order in which they asked, and before anything else is taken: a write that is due was decided on facts that
    /// age. While one of them is not kept, the bucket has nothing to give.
    private func keepPromises(at now: Duration) {
        promises.removeAll { $0.expires <= now }
        for index in promises.indices where !promises[index].isKept {
            guard bucket.take(at: now) else { return }
            promises[index].isKept = true
            promises[index].expires = now + Self.promiseHolds
        }
    }

    /// The reads whose turn it is, as far as there is room for them in flight, and those that will not get one in time.
    func due(at now: Duration, room: Int) -> (ready: [PacedRead], late: [PacedRead]) {
        guard waiting > 0 || !promises.isEmpty else { return ([], []) }
        keepPromises(at: now)
        let back = later.filter { $0.due <= now }.map(\.read)
        if !back.isEmpty {
            later.removeAll { $0.due <= now }
            // They were first in line once.
            queue = back + queue
        }
        let opens = bucket.wait(at: now) == nil ? nil : max(now, bucket.closedUntil)
        let isLate = { (read: PacedRead) in opens.map { read.expires <= $0 } ?? true }
        let late = queue.filter(isLate)
        if !late.isEmpty { queue.removeAll(where: isLate) }
        var ready: [PacedRead] = []
        while inFlight + ready.count < room, ready.count < queue.count, bucket.take(at: now) {
            ready.append(queue[ready.count])
        }
        queue.removeFirst(ready.count)
        return (ready, late)
    }

    /// When something may be due here that is not due now.
    func nextDue(at now: Duration, room: Int) -> Duration? {
        var moments = later.map(\.due) + queue.map(\.expires)
        if !queue.isEmpty, inFlight < room, let wait = bucket.wait(at: now) { moments.append(now + wait) }
        return moments.min()
    }
}
