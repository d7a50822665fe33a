/// A topic's name and the number of one of its partitions.
package struct Partition: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    package let number: Int32

    package init(_ topic: String, _ number: Int32) {
        self.topic = topic
        self.number = number
    }

    package var description: String { "\(topic)/\(number)" }
}

/// A record's place in its partition.
package struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let value: Int64

    package init(_ value: Int64) { self.value = value }

    package static let start = Offset(0)
    /// What a log wants committed once this record is done. Nobody else adds one.
    package var next: Offset { Offset(value + 1) }
    package static func < (left: Offset, right: Offset) -> Bool { left.value < right.value }
    package var description: String { String(value) }
}

/// An offset for each of some partitions, quick where the same one is asked for many times in a row: records of one
/// partition come together.
package struct PartitionOffsets: Sendable {
    package private(set) var all: [Partition: Offset]
    private var latest: (partition: Partition, place: Dictionary<Partition, Offset>.Index)?

    package init(_ offsets: [Partition: Offset] = [:]) { all = offsets }

    package subscript(partition: Partition) -> Offset? {
        mutating get { place(of: partition).map { all.values[$0] } }
    }

    /// Says whether the partition is a new one here.
    @discardableResult
    package mutating func move(_ partition: Partition, to offset: Offset) -> Bool {
        if let place = place(of: partition) {
            all.values[place] = offset
            return false
        }
        // With one more, each may have another place; `latest` is nil, because this one was not found.
        all[partition] = offset
        return true
    }

    private mutating func place(of partition: Partition) -> Dictionary<Partition, Offset>.Index? {
        if let latest, latest.partition == partition { return latest.place }
        latest = all.index(forKey: partition).map { (partition, $0) }
        return latest?.place
    }
}

/// A record as a log hands it over. A nil value is a tombstone; an empty one is not.
package struct IncomingRecord: Sendable {
    package let partition: Partition
    package let offset: Offset
    package let key: Bytes?
    package let value: Bytes?
    package let headers: Headers
    package let timestamp: Timestamp

    package init(
        partition: Partition, offset: Offset, key: Bytes?, value: Bytes?, headers: Headers = Headers(),
        timestamp: Timestamp
    ) {
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}

/// A record on its way to a log. Without a partition number its key decides (`Partitioner`); without a timestamp
/// the log takes the moment of writing.
package struct OutgoingRecord: Sendable, Equatable {
    package var topic: String
    package var partition: Int32?
    package var key: Bytes?
    package var value: Bytes?
    package var headers: Headers
    package var timestamp: Timestamp?

    package init(
        topic: String, partition: Int32? = nil, key: Bytes?, value: Bytes?, headers: Headers = Headers(),
        timestamp: Timestamp? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// Key, value and headers together: what a log's limit is about.
    package var size: Int { (key?.count ?? 0) + (value?.count ?? 0) + headers.encoded.count }
}

/// A record's headers in the order they were written, kept encoded until somebody asks for one.
///
/// The encoding, also LocalLog's on disk: per header the name's length in two bytes (big-endian) and the name, the
/// value's length in four bytes and the value. A header's value is text or raw bytes and is never nil.
package struct Headers: Sendable, Hashable {
    package private(set) var encoded: [UInt8] = []

    package init() {}

    package init(_ pairs: [(String, String)]) {
        for (name, value) in pairs { append(name, value) }
    }

    /// Takes what `encoded` gave; nil when it is malformed.
    package init?(encoded: [UInt8]) {
        self.encoded = encoded
        var cursor = 0
        while cursor < encoded.count {
            guard let (_, value) = entry(at: cursor) else { return nil }
            cursor = value.upperBound
        }
    }

    package mutating func append(_ name: String, _ value: String) { append(name, Array(value.utf8)) }

    package mutating func append(_ name: String, _ value: [UInt8]) {
        let name = Array(name.utf8)
        precondition(name.count <= UInt16.max && value.count <= Int32.max, "a header is longer than its length field")
        encoded.reserveCapacity(encoded.count + 6 + name.count + value.count)
        encoded.append(UInt8(name.count >> 8))
        encoded.append(UInt8(name.count & 0xff))
        encoded += name
        for shift in [24, 16, 8, 0] { encoded.append(UInt8(value.count >> shift & 0xff)) }
        encoded += value
    }

    /// The first header of that name, as text; nil where there is none or it is not UTF-8.
    package subscript(name: String) -> String? {
        var cursor = 0
        while cursor < encoded.count, let (nameRange, valueRange) = entry(at: cursor) {
            if encoded[nameRange].elementsEqual(name.utf8) {
                return String(validating: encoded[valueRange], as: UTF8.self)
            }
            cursor = valueRange.upperBound
        }
        return nil
    }

    /// Every header in order, names and values as they are.
    package func forEach(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        var cursor = 0
        while cursor < encoded.count, let (name, value) = entry(at: cursor) {
            body(encoded[name], encoded[value])
            cursor = value.upperBound
        }
    }

    package var pairs: [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        forEach { pairs.append((String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self))) }
        return pairs
    }

    private func entry(at cursor: Int) -> (name: Range<Int>, value: Range<Int>)? {
        guard cursor + 2 <= encoded.count else { return nil }
        let nameStart = cursor + 2
        let nameEnd = nameStart + Int(encoded[cursor]) << 8 + Int(encoded[cursor + 1])
        guard nameEnd + 4 <= encoded.count else { return nil }
        var length = 0
        for index in nameEnd..<(nameEnd + 4) { length = length << 8 + Int(encoded[index]) }
        let valueStart = nameEnd + 4
        guard valueStart + length <= encoded.count else { return nil }
        return (nameStart..<nameEnd, valueStart..<(valueStart + length))
    }
}
