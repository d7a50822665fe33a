import Ports

/// The rows of a stage's tables, by place: replayed whole on assignment, then kept up by what is polled.
struct TableRows<Row> {
    /// A row, or that there is none any more.
    enum Change { case set(Row), deleted }

    private var rows: [Place: Row] = [:]
    private var replayed: [Partition: Offset] = [:]

    subscript(place: Place) -> Row? { rows[place] }

    /// Whether the replay has brought this record already.
    func includes(_ record: IncomingRecord) -> Bool {
        record.offset < replayed[record.partition, default: .start]
    }

    mutating func replay(
        _ partition: Partition, from log: any TransactionalLog, _ read: (IncomingRecord) -> Change?
    ) throws(LogFailure) {
        replayed[partition] = try log.replay(partition, from: .start) { record throws(LogFailure) in
            guard let key = record.key, let change = read(record) else { return }
            apply(change, at: Place(partition.number, key))
        }
    }

    mutating func merge(_ changes: [Place: Change]) {
        for (place, change) in changes { apply(change, at: place) }
    }

    /// A compacted topic forgets its tombstones in time, so rows are not kept over an absence.
    mutating func forget() {
        rows = [:]
        replayed = [:]
    }

    private mutating func apply(_ change: Change, at place: Place) {
        switch change {
        case .set(let row): rows[place] = row
        case .deleted: rows[place] = nil
        }
    }
}
