// Who said so, and whether it is still what was said: Ed25519 signatures and SHA-256 digests over libsodium. Nothing
// here reads or writes a file, and randomness is used for making keys and for nothing else: ids are derived.

import CSodium
package import Ports

/// An Ed25519 private key. It lies in memory of its own that is locked while it lives and wiped afterwards, prints as
/// `•••`, and leaves only as a `Secret` for the file that keeps it.
package struct SigningKey: Sendable {
    private final class Storage: Sendable {
        // Written only while it is made, before anybody else can see it; read-only ever after.
        nonisolated(unsafe) let secret: UnsafeMutablePointer<UInt8>

        init() {
            precondition(sodium_init() >= 0, "libsodium found no source of randomness")
            guard let room = sodium_malloc(Int(crypto_sign_SECRETKEYBYTES)) else {
                preconditionFailure("no memory for a private key")
            }
            secret = room.assumingMemoryBound(to: UInt8.self)
        }

        deinit { sodium_free(secret) }
    }

    private let storage: Storage
    package let verifyingKey: VerifyingKey

    private init(fill: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Int32) {
        let storage = Storage()
        var open = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        precondition(fill(&open, storage.secret) == 0, "libsodium could not make a key")
        self.storage = storage
        verifyingKey = VerifyingKey(bytes: open)
    }

    /// A new key from the system's randomness.
    package static func generate() -> SigningKey { SigningKey { crypto_sign_keypair($0, $1) } }

    /// The key that belongs to 32 secret bytes.
    package init(seed: [UInt8]) throws(CryptoProblem) {
        guard seed.count == Int(crypto_sign_SEEDBYTES) else {
            throw .key("a private key has 32 bytes, this one \(seed.count)")
        }
        self.init { crypto_sign_seed_keypair($0, $1, seed) }
    }

    package func sign(_ message: Bytes) -> Signature {
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        message.withUnsafeBytes {
            let start = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let outcome = crypto_sign_detached(&signature, nil, start, UInt64($0.count), storage.secret)
            precondition(outcome == 0, "libsodium could not sign")
        }
        return Signature(bytes: signature)
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

// The key file: one line of meaning, with the public half beside the private one so that damage is noticed. Lines
// that start with # are for people.
extension SigningKey {
    private static let form = "docket-key-1 ed25519 private"

    /// What a key file holds. Whoever writes it makes it readable for its owner alone.
    package var fileText: Secret {
        // libsodium keeps the 32 bytes that the key came from in front.
        let seed = Array(UnsafeBufferPointer(start: storage.secret, count: Int(crypto_sign_SEEDBYTES)))
        return Secret(
            """
            # The private half of a key that signs orders. For its owner alone: chmod 600.
            \(Self.form) \(TextForm.base64(seed)) \(verifyingKey.base64)

            """)
    }

    /// Reads what `fileText` gave.
    package init(fileText: Secret) throws(CryptoProblem) {
        let lines = fileText.reveal().split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        let words = lines.first?.split(separator: " ") ?? []
        guard lines.count == 1, words.count == 5, words[..<3].joined(separator: " ") == Self.form else {
            throw .key("a key file has one line: \(Self.form) <private> <public>")
        }
        guard let seed = TextForm.bytes(String(words[3]), count: Int(crypto_sign_SEEDBYTES)) else {
            throw .key("the private half in the key file is not 32 bytes of base64")
        }
        try self.init(seed: seed)
        guard String(words[4]) == verifyingKey.base64 else {
            throw .key("the two halves in the key file do not belong together: the file is damaged")
        }
    }
}
