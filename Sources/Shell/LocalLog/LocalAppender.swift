package import Ports

/// Writing to the embedded log without being a member of any group. Made by `LocalStore.appender`.
package final class LocalAppender: LogAppending {
    private let file: LogFile

    init(_ file: LogFile) { self.file = file }

    @discardableResult
    package func append(_ records: [OutgoingRecord]) throws(LogFailure) -> [(Partition, Offset)] {
        var addressed: [LogFile.Addressed] = []
        for record in records { addressed.append(try file.address(record)) }
        switch try file.write(addressed, for: nil) {
        case .written(let places): return places
        case .fenced: preconditionFailure("who makes no claim cannot be fenced")
        }
    }
}
