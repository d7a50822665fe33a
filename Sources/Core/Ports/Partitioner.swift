/// Which partition a key belongs to: Kafka's own murmur2, so that every log and every client agrees.
package enum Partitioner {
    package static func partition(of key: Bytes, among count: Int32) -> Int32 {
        Int32(murmur2(key) & 0x7fff_ffff) % count
    }

    static func murmur2(_ key: Bytes) -> UInt32 { murmur2(key.span) }

    /// The hash itself. Every step of it can be undone, so a change within one word of four bytes always shows.
    package static func murmur2(_ bytes: RawSpan) -> UInt32 {
        let multiplier: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.byteCount)
        let words = bytes.byteCount / 4
        for word in 0..<words {
            var k = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: word * 4, as: UInt32.self))
            k = k &* multiplier
            k ^= k >> 24
            hash = (hash &* multiplier) ^ (k &* multiplier)
        }
        if words * 4 < bytes.byteCount {
            for index in (words * 4)..<bytes.byteCount {
                hash ^= UInt32(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)) << UInt32(8 * (index % 4))
            }
            hash = hash &* multiplier
        }
        hash ^= hash >> 13
        hash = hash &* multiplier
        return hash ^ (hash >> 15)
    }
}
