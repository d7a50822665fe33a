import CSodium
package import Ports

/// An Ed25519 public key: who signed.
package struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// From 44 characters of base64 or 64 hexadecimal digits.
    package init(_ text: String) throws(CryptoProblem) {
        guard let bytes = TextForm.bytes(text, count: Int(crypto_sign_PUBLICKEYBYTES)) else {
            throw .key("a public key is 32 bytes, as 44 characters of base64 or 64 hexadecimal digits")
        }
        self.init(bytes: bytes)
    }

    /// False for whatever is not this key's signature of exactly these bytes.
    package func verifies(_ signature: Signature, of message: Bytes) -> Bool {
        message.withUnsafeBytes {
            let start = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return crypto_sign_verify_detached(signature.bytes, start, UInt64($0.count), bytes) == 0
        }
    }

    package var base64: String { TextForm.base64(bytes) }
    package var hex: String { TextForm.hex(bytes) }
    /// Sixteen digits for people to compare; never for deciding whether two keys are the same.
    package var fingerprint: String { String(SHA256(of: bytes).hex.prefix(16)) }
    package var description: String { base64 }
}

/// An Ed25519 signature.
package struct Signature: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// From 88 characters of base64 or 128 hexadecimal digits.
    package init(_ text: String) throws(CryptoProblem) {
        guard let bytes = TextForm.bytes(text, count: Int(crypto_sign_BYTES)) else {
            throw .signature("a signature is 64 bytes, as 88 characters of base64 or 128 hexadecimal digits")
        }
        self.init(bytes: bytes)
    }

    package var base64: String { TextForm.base64(bytes) }
    package var hex: String { TextForm.hex(bytes) }
    package var description: String { base64 }
}
