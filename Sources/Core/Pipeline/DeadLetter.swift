package import Ports

/// What could not be read, or was too large to be written, set aside with what a person needs to send it on its way
/// again: its bytes, its key, its headers, and where and why it stopped.
package struct DeadLetter: Sendable {
    /// The headers that a dead letter adds to those that the record had.
    package enum Header {
        package static let loop = "docket-loop"
        package static let reason = "docket-reason"
        /// Where it came from, and when it was written there (ISO 8601).
        package static let sourceTopic = "docket-source-topic"
        package static let sourcePartition = "docket-source-partition"
        package static let sourceOffset = "docket-source-offset"
        package static let sourceTimestamp = "docket-source-timestamp"
        /// Of an output: the topic it was too large for, and the id of what it follows from.
        package static let targetTopic = "docket-target-topic"
        package static let cause = "docket-cause"
        /// In place of the value, where the value was left out: its length in bytes and, where the loop computes
        /// one, its digest.
        package static let size = "docket-size"
        package static let digest = "docket-digest"

        static let all: Set<String> = [
            loop, reason, sourceTopic, sourcePartition, sourceOffset, sourceTimestamp, targetTopic, cause, size, digest,
        ]
    }

    /// A longer reason is cut: it is for reading, and it may quote what a stranger wrote.
    package static let reasonLimit = 512

    private let key: Bytes?
    private let value: Bytes?
    private let original: Headers
    private let place: [(String, String)]

    /// An input that could not be read.
    package init(_ record: IncomingRecord, reason: String, in loop: String) {
        key = record.key
        value = record.value
        original = record.headers
        place = [
            (Header.loop, loop), (Header.reason, reason.printable(atMost: Self.reasonLimit)),
            (Header.sourceTopic, record.partition.topic), (Header.sourcePartition, String(record.partition.number)),
            (Header.sourceOffset, String(record.offset.value)), (Header.sourceTimestamp, "\(record.timestamp)"),
        ]
    }

    /// An output that is larger than the log takes. Its headers stay: they say what it is and where to get it again.
    package init(tooLarge record: OutgoingRecord, limit: Int, following cause: Cause, in loop: String) {
        key = record.key
        value = record.value
        original = record.headers
        place = [
            (Header.loop, loop), (Header.reason, "\(record.size) bytes are more than the limit of \(limit)"),
            (Header.targetTopic, record.topic), (Header.cause, cause.id.printable(atMost: Self.reasonLimit)),
        ]
    }

    /// The record for the dead-letter topic: whole if the log takes it, else without its value, else also without
    /// its own headers and key. What the record is and why it stopped is never left out.
    package func record(for topic: String, limit: Int, digest: ((Bytes) -> String)? = nil) -> OutgoingRecord {
        let whole = record(topic, key: key, value: value, keeping: original)
        if whole.size <= limit { return whole }
        var measure = [(Header.size, String(value?.count ?? 0))]
        if let value, let digest { measure.append((Header.digest, digest(value))) }
        let light = record(topic, key: key, value: .empty, keeping: original, measure)
        if light.size <= limit { return light }
        return record(topic, key: nil, value: .empty, keeping: Headers(), measure)
    }

    private func record(
        _ topic: String, key: Bytes?, value: Bytes?, keeping original: Headers, _ measure: [(String, String)] = []
    ) -> OutgoingRecord {
        var headers = Headers()
        original.forEach { name, value in
            let name = String(decoding: name, as: UTF8.self)
            // A dead letter that was sent again and failed again says where it failed last.
            if !Header.all.contains(name) { headers.append(name, Array(value)) }
        }
        for (name, value) in place + measure { headers.append(name, value) }
        // Without a key there is nothing that could choose a partition.
        return OutgoingRecord(topic: topic, partition: key == nil ? 0 : nil, key: key, value: value, headers: headers)
    }
}
