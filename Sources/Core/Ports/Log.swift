/// Writing for those who have no assignment: the operator's command, the web console.
package protocol LogAppending: AnyObject {
    /// All of them durably, or none. Returns where each went.
    @discardableResult
    func append(_ records: [OutgoingRecord]) throws(LogFailure) -> [(Partition, Offset)]
}

/// Where a tail begins to read.
package enum TailStart: Sendable, Equatable {
    case start
    /// Behind everything that was committed when the tail was made.
    case end
}

/// Reading outside any group: controls, read models, subscribers. Sees committed records only, in order per partition.
package protocol LogTailing: AnyObject {
    /// What comes next, waiting at most so long for the first of it.
    func next(atMost count: Int, waiting: Duration) throws(LogFailure) -> TailBatch
}

package struct TailBatch: Sendable {
    package let records: [IncomingRecord]
    /// Whether, with these records, all has been read that was committed when the call was made.
    package let reachedEnd: Bool

    package init(records: [IncomingRecord], reachedEnd: Bool) {
        self.records = records
        self.reachedEnd = reachedEnd
    }
}
