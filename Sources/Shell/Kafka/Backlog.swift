import Ports

/// What was polled and not yet consumed by a committed turn, in the order it came. To rewind is to hand it out again:
/// the broker is not asked, so nothing that is on its way from an earlier place can be mistaken for the next record.
struct Backlog {
    private var records: [IncomingRecord] = []
    /// Neighbours of one partition, and behind which of the records they end. A fetch brings many in a row, so what is
    /// known of a run need not be asked of each record.
    private var runs: [(partition: Partition, end: Int)] = []
    /// The first one that is still to be handed out.
    private var next = 0
    private(set) var bytes = 0

    var isDrained: Bool { next == records.count }
    var count: Int { records.count }

    /// As many may be on their way. Only where there is nothing: what is there would be moved each time.
    mutating func reserve(_ count: Int) {
        if records.isEmpty { records.reserveCapacity(min(count, 10_000)) }
    }

    mutating func append(_ record: consuming IncomingRecord) {
        bytes += record.size
        if let last = runs.last, last.partition == record.partition {
            runs[runs.count - 1].end += 1
        } else {
            runs.append((record.partition, records.count + 1))
        }
        records.append(record)
    }

    mutating func take(atMost count: Int) -> [IncomingRecord] {
        let taken = records[next...].prefix(max(count, 0))
        next += taken.count
        // Whole it is shared, and not copied.
        return taken.count == records.count ? records : Array(taken)
    }

    mutating func rewind() { next = 0 }

    mutating func forget() { self = Backlog() }

    /// Behind the last record of each partition that was handed out.
    var handedOut: [Partition: Offset] {
        var ends: [Partition: Offset] = [:]
        var start = 0
        for run in runs where start < next {
            ends[run.partition] = records[min(run.end, next) - 1].offset.next
            start = run.end
        }
        return ends
    }

    /// Lets go of what a committed turn consumed.
    mutating func drop(through consumed: [Partition: Offset]) {
        var kept = Backlog()
        var start = 0
        for run in runs {
            let end = consumed[run.partition] ?? .start
            for index in start..<run.end where records[index].offset >= end {
                kept.append(records[index])
                if index < next { kept.next += 1 }
            }
            start = run.end
        }
        self = kept
    }
}
