import Glibc
package import Ports

/// A file that is read whole, within a limit.
enum SmallFile {
    /// Refuses what is no regular file: a pipe would wait for ever. `judge` may refuse by the file's mode, looked at on
    /// the very file that is read, not on a name that may point elsewhere by then.
    static func read(
        _ path: String, atMost limit: Int, judge: (mode_t) throws(FileFailure) -> Void = { _ in }
    ) throws(FileFailure) -> Bytes {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw FileFailure(path, code: "file.unreadable", String(cString: strerror(errno))) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileFailure(path, code: "file.unreadable", "not a regular file")
        }
        try judge(status.st_mode)
        // One byte more than allowed tells a file that is too long from one that just fits.
        var content = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < content.count {
            let read = content.withUnsafeMutableBytes { buffer in
                Glibc.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if read < 0 && errno == EINTR { continue }
            guard read >= 0 else { throw FileFailure(path, code: "file.unreadable", String(cString: strerror(errno))) }
            if read == 0 { break }
            count += read
        }
        guard count <= limit else { throw FileFailure(path, code: "file.long", "longer than \(limit) bytes") }
        return Bytes(Array(content.prefix(count)))
    }
}

/// Why a file cannot be used. It may be there, or right, the next time.
package struct FileFailure: Failure, Equatable {
    package let path: String
    package let code: String
    /// What is wrong, without the path.
    package let reason: String

    init(_ path: String, code: String, _ reason: String) {
        self.path = path
        self.code = code
        self.reason = reason
    }

    package var detail: String { "\(path.printable()): \(reason)" }
    package var remedy: Remedy { .hold }
}
