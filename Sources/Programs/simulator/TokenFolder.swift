import Foundation

/// Where a simulation leaves what its callers need.
struct TokenFolder: Sendable {
    struct Problem: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path): \(reason); --directory wants a folder that may be written" }
    }

    let url: URL

    init(_ url: URL) { self.url = url }

    func make() throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch let error as CocoaError {
            throw Problem(path: url.path, reason: error.localizedDescription)
        }
    }

    /// Whole or not at all, and never readable by others for a moment: made beside its place with its mode, then moved.
    func write(_ text: String, to name: String, mode: mode_t) throws {
        let file = url.appending(path: name)
        let beside = file.path + ".\(getpid())"
        unlink(beside)
        let number = open(beside, O_WRONLY | O_CREAT | O_EXCL, mode)
        guard number >= 0 else { throw Problem(path: beside, reason: String(cString: strerror(errno))) }
        let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        try handle.write(contentsOf: Data((text + "\n").utf8))
        try handle.close()
        guard rename(beside, file.path) == 0 else {
            throw Problem(path: file.path, reason: String(cString: strerror(errno)))
        }
    }
}
