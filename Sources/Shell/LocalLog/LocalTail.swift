package import Ports

/// Reading the embedded log outside any group. Made by `LocalStore.tail`.
package final class LocalTail: LogTailing {
    private var reader: Reader

    init(of topics: [String], from start: TailStart, in file: LogFile) throws(LogFailure) {
        let bounds = try file.bounds()
        var positions: [Partition: Offset] = [:]
        for topic in topics {
            for partition in try file.partitions(of: topic) {
                positions[partition] = start == .start ? .start : bounds[partition].end
            }
        }
        reader = Reader(file, at: positions, beginsWithTheLog: start == .start)
    }

    package func next(atMost count: Int, waiting: Duration) throws(LogFailure) -> TailBatch {
        let batch = try reader.take(atMost: count, waiting: waiting)
        return TailBatch(records: batch.records, reachedEnd: batch.reachedEnd)
    }
}
