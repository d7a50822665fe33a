import Crypto
import Foundation
import Glibc
import Operator
import Ports
import Settings

/// An approver's private key, in a file that nobody else can read.
enum KeyFile {
    /// Makes a key and its file, and returns the public key. A file that exists is never overwritten.
    static func create(_ path: String) throws -> VerifyingKey {
        let key = SigningKey.generate()
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Refusal("\(path) cannot be created: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        let text = Array(key.fileText.reveal().utf8)
        guard write(file, text, text.count) == text.count, fsync(file) == 0 else {
            throw Refusal("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return key.verifyingKey
    }

    static func read(_ path: String) throws -> SigningKey {
        try SigningKey(fileText: SecretFile(path: path).wholeText())
    }
}
