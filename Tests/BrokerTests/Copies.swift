import Children
import Foundation
import Ports

@testable import Kafka

/// A copy of a numbered record, as a reader outside any group sees it.
struct Copy: Equatable {
    let partition: Int32
    let offset: Int64
    let value: Int
    let turn: String
    let turnSize: String

    init(_ record: IncomingRecord) {
        partition = record.partition.number
        offset = record.offset.value
        value = record.value?.text.flatMap { Int($0) } ?? -1
        turn = record.headers["turn"] ?? "none"
        turnSize = record.headers["turn-size"] ?? "none"
    }

    /// From a line of kcat, as `format` makes it.
    fileprivate init?(_ line: Substring) {
        let parts = line.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, let partition = Int32(parts[0]), let offset = Int64(parts[1]) else { return nil }
        self.partition = partition
        self.offset = offset
        var headers: [Substring: Substring] = [:]
        for header in parts[2].split(separator: ",") {
            guard let equals = header.firstIndex(of: "=") else { continue }
            headers[header[..<equals]] = header[header.index(after: equals)...]
        }
        turn = headers["turn"].map(String.init) ?? "none"
        turnSize = headers["turn-size"].map(String.init) ?? "none"
        value = Int(parts[3]) ?? -1
    }

    fileprivate static let format = "%p|%o|%h|%s\\n"

    /// What is wrong with the copies of so many records, of which every third is in one partition: nothing where each
    /// is there once, in order, and each turn is whole. At most some of it.
    static func flaws(in copies: [Copy], of count: Int) -> [String] {
        var flaws: [String] = []
        let byPartition = Dictionary(grouping: copies, by: \.partition)
        for number in 0..<Int32(3) {
            var next = Int(number)
            for copy in (byPartition[number] ?? []).sorted(by: { $0.offset < $1.offset }) {
                if copy.value != next {
                    flaws.append("\(number)@\(copy.offset) has \(copy.value) where \(next) was next: \(copy.turn)")
                }
                next = copy.value + 3
            }
            if next < count { flaws.append("partition \(number) ends before \(next)") }
        }
        for (turn, members) in Dictionary(grouping: copies, by: \.turn) {
            let size = members.first?.turnSize ?? "none"
            if size != "\(members.count)" { flaws.append("of turn \(turn) with \(size), \(members.count) are seen") }
        }
        if copies.count != count { flaws.append("\(copies.count) copies of \(count)") }
        return Array(flaws.prefix(20))
    }
}

/// Reads a topic to its end by a program that is not ours, where it is installed.
struct Outsider {
    let bootstrap: String
    let topic: String

    private static let program = URL(filePath: "/usr/bin/kcat")

    /// Who it is that reads.
    static let name = isThere ? "kcat" : "our own reader, for want of kcat"
    private static let isThere = FileManager.default.isExecutableFile(atPath: program.path)

    func read(committedOnly: Bool) throws -> [Copy] {
        let isolation = committedOnly ? "read_committed" : "read_uncommitted"
        guard Self.isThere else { return try readByOurselves(isolation) }
        let output = FileManager.default.temporaryDirectory.appending(path: "docket-kcat-\(UUID())")
        defer { try? FileManager.default.removeItem(at: output) }
        let child = try Child(
            Self.program,
            ["-C", "-e", "-q", "-b", bootstrap, "-t", topic, "-X", "isolation.level=\(isolation)", "-f", Copy.format],
            output: .file(output), errors: .descriptor(STDERR_FILENO))
        guard child.wait() == .exit(0) else { throw Hand.Late(description: "kcat could not read \(topic)") }
        return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").compactMap { Copy($0) }
    }

    private func readByOurselves(_ isolation: String) throws -> [Copy] {
        let settings = try KafkaSettings(bootstrap: bootstrap, instance: "outsider")
        let reader = try PartitionReader(settings, isolation: isolation, signals: .none)
        let partitions = (0..<Int32(3)).map { Partition(topic, $0) }
        for partition in partitions { try reader.start(partition, at: .start) }
        var copies: [Copy] = []
        while reader.ends.count < partitions.count {
            copies += try reader.take(atMost: 10_000, bytes: 16 << 20, waiting: .milliseconds(200)).map { Copy($0) }
        }
        return copies
    }
}

extension KafkaUnderTest {
    var outsider: Outsider { Outsider(bootstrap: settings.bootstrap, topic: prefix + "output") }

    /// What an outsider finds wrong with the copies: under `read_committed` each record is there once, in order, in
    /// whole turns; under `read_uncommitted` there is all of that, and perhaps what was undone.
    func flaws(of count: Int) throws -> [String] {
        let committed = try outsider.read(committedOnly: true)
        let all = Set(try outsider.read(committedOnly: false).map { "\($0.partition)@\($0.offset)=\($0.value)" })
        let hidden = committed.filter { !all.contains("\($0.partition)@\($0.offset)=\($0.value)") }
        return Copy.flaws(in: committed, of: count)
            + (hidden.isEmpty ? [] : ["\(hidden.count) copies are there only for who reads committed ones"])
    }
}
