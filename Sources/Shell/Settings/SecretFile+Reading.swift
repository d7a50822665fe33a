import Glibc
package import Ports

extension SecretFile {
    /// Tokens and keys are short; a longer file is a mistake.
    static let sizeLimit = 16 << 10

    /// The secret as the file holds it now, without the newline that editors put at the end. Refuses a file that
    /// everybody on the machine may read or write, and one whose text could not travel in a header.
    package func secret() throws(FileFailure) -> Secret {
        var text = try wholeText().reveal()
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        guard !text.isEmpty else { throw FileFailure(path, code: "secret.unfit", "empty") }
        guard text.unicodeScalars.allSatisfy({ !$0.isUnseen }) else {
            throw FileFailure(path, code: "secret.unfit", "more than one line, or control characters in it")
        }
        return Secret(text)
    }

    /// All of the file, for a key file with lines of its own. Refuses one that everybody may read or write.
    package func wholeText() throws(FileFailure) -> Secret {
        let bytes = try SmallFile.read(path, atMost: Self.sizeLimit) { mode throws(FileFailure) in
            guard mode & (S_IROTH | S_IWOTH) == 0 else {
                throw FileFailure(
                    path, code: "secret.exposed", "everybody on this machine may read or write it; run: chmod o-rw")
            }
        }
        guard let text = bytes.text else { throw FileFailure(path, code: "secret.unfit", "not UTF-8") }
        return Secret(text)
    }
}
