import Ports

/// What was polled and not yet consumed by a committed turn, in the order it came. To rewind is to hand it out again:
/// the broker is not asked, so nothing that is on its way from an earlier place can be mistaken for the next record.
struct Backlog {
    private var records: [IncomingRecord] = []
    /// The first one that is still to be handed out.
    private var next = 0
    private(set) var bytes = 0

    var isDrained: Bool { next == records.count }
    var count: Int { records.count }

    mutating func append(_ record: IncomingRecord) {
        records.append(record)
        bytes += record.size
    }

    mutating func take(atMost count: Int) -> [IncomingRecord] {
        let taken = records[next...].prefix(max(count, 0))
        next += taken.count
        return Array(taken)
    }

    mutating func rewind() { next = 0 }

    mutating func forget() { self = Backlog() }

    /// Behind the last record of each partition that was handed out.
    var handedOut: [Partition: Offset] {
        var ends: [Partition: Offset] = [:]
        for record in records[..<next] { ends[record.partition] = record.offset.next }
        return ends
    }

    /// Lets go of what a committed turn consumed.
    mutating func drop(through consumed: [Partition: Offset]) {
        var kept: [IncomingRecord] = []
        var handedOut = 0
        bytes = 0
        for (index, record) in records.enumerated() {
            if let end = consumed[record.partition], record.offset < end { continue }
            if index < next { handedOut += 1 }
            bytes += record.size
            kept.append(record)
        }
        records = kept
        next = handedOut
    }
}
