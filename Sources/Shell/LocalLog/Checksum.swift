import Ports

/// Finds the bytes that a disk changed: SQLite notices a damaged page by its structure only, never by what is in it.
enum Checksum {
    /// Over all that a row says. A part that is missing differs from one that is empty.
    static func of(
        place: Int64, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: Headers
    ) -> Int64 {
        let parts: [UInt32] = [
            withUnsafeBytes(of: place.littleEndian) { Partitioner.murmur2(RawSpan(_unsafeBytes: $0)) },
            withUnsafeBytes(of: timestamp.microseconds.littleEndian) { Partitioner.murmur2(RawSpan(_unsafeBytes: $0)) },
            hash(of: key),
            hash(of: value),
            headers.encoded.withUnsafeBytes { Partitioner.murmur2(RawSpan(_unsafeBytes: $0)) },
        ]
        return Int64(parts.reduce(0) { $0 &* 31 &+ $1 })
    }

    private static func hash(of bytes: Bytes?) -> UInt32 {
        bytes.map { $0.withUnsafeBytes { Partitioner.murmur2(RawSpan(_unsafeBytes: $0)) } } ?? 1
    }
}
