package import Ports

/// What a record follows from. Ids are derived from it, so that doing the same thing twice names the same thing.
package struct Cause: Sendable, Equatable {
    /// The id of the message this answers, or of the call or moment.
    package let id: String
    /// When it happened in the world.
    package let at: Timestamp
    /// W3C traceparent, unchanged from the first sight to the last call.
    package let trace: String?
    /// The how-manieth record that follows from it.
    package var ordinal: Int

    package init(id: String, at: Timestamp, trace: String? = nil, ordinal: Int = 0) {
        self.id = id
        self.at = at
        self.trace = trace
        self.ordinal = ordinal
    }

    /// The cause that an incoming record is for a loop that lives by the clock: what follows happens when it decides.
    package init(_ record: IncomingRecord, decidedAt now: Timestamp) {
        let cause = Cause(record)
        self.init(id: cause.id, at: now, trace: cause.trace)
    }

    /// The cause that an incoming record is: its CloudEvents id and time, or its place and the log's time where it
    /// has none. The log's own time may be coarser: Kafka keeps milliseconds.
    package init(_ record: IncomingRecord) {
        self.init(
            id: record.headers["ce_id"] ?? "\(record.partition)@\(record.offset)",
            at: record.headers["ce_time"].flatMap { Timestamp(iso: $0) } ?? record.timestamp,
            trace: record.headers["traceparent"])
    }
}

/// A record that cannot be read: what is wrong with it, in words for whoever opens the dead letter.
package struct Unreadable: Error, Equatable, CustomStringConvertible {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
    package var description: String { reason }
}

/// A topic's name, what travels on it, how it is keyed, and how it becomes bytes. Declared once, in Contracts.
package struct Topic<Message: Sendable>: Sendable {
    package let name: String
    private let encode: @Sendable (Message, Cause) -> OutgoingRecord
    private let decode: @Sendable (IncomingRecord) throws(Unreadable) -> Message

    package init(
        _ name: String, encode: @escaping @Sendable (Message, Cause) -> OutgoingRecord,
        decode: @escaping @Sendable (IncomingRecord) throws(Unreadable) -> Message
    ) {
        self.name = name
        self.encode = encode
        self.decode = decode
    }

    package func record(_ message: Message, following cause: Cause) -> OutgoingRecord { encode(message, cause) }
    package func message(in record: IncomingRecord) throws(Unreadable) -> Message { try decode(record) }

    /// A message for this topic whose cause the runner fills in.
    package func draft(_ message: Message) -> Draft { Draft { encode(message, $0) } }
}

/// A record that lacks only its cause.
package struct Draft: Sendable {
    private let make: @Sendable (Cause) -> OutgoingRecord
    package init(_ make: @escaping @Sendable (Cause) -> OutgoingRecord) { self.make = make }
    package func record(following cause: Cause) -> OutgoingRecord { make(cause) }
}
