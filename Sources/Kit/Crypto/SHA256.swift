import CSodium
package import Ports

/// The SHA-256 digest of some bytes.
package struct SHA256: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(of content: Bytes) { bytes = content.withUnsafeBytes { Self.digest($0) } }

    package init(of content: [UInt8]) { bytes = content.withUnsafeBytes { Self.digest($0) } }

    package init(of text: String) { self.init(of: Array(text.utf8)) }

    /// 64 lower-case digits.
    package var hex: String { TextForm.hex(bytes) }
    package var description: String { hex }

    private static func digest(_ content: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        let start = content.baseAddress?.assumingMemoryBound(to: UInt8.self)
        crypto_hash_sha256(&digest, start, UInt64(content.count))
        return digest
    }
}

/// Whether two byte strings are equal, in a time that tells nothing about where they differ.
package func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}
