import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SQLite
import Testing

@Suite("Local log: housekeeping beside readers and beside death", .timeLimit(.minutes(1)))
struct HousekeepingRaceTests {
    @Test(
        "while another connection compacts between any two records of a replay, the fold is that of the whole history",
        arguments: 1...6 as ClosedRange<UInt64>)
    func replayBesideCompaction(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let folder = try Folder()
        let house = try House(in: folder)
        var whole: [String: String] = [:]
        func write(_ count: Int) throws {
            let entries = (0..<count).map { number in
                let isTombstone = dice.next() % 8 == 0
                return ("k\(dice.next() % 400)", isTombstone ? "" : "\(seed).\(whole.count).\(number)")
            }
            try house.write("table", entries.map { "\($0)=\($1)" })
            for (key, value) in entries { whole[key] = value.isEmpty ? nil : value }
        }
        // More than one batch of a replay; some of it walked already, some old enough to be, some too young.
        try write(3_000)
        try house.keep()
        house.clock.pass(.seconds(60))
        try write(3_000)
        let member = try house.store.member(of: "g", reading: ["endless"], journal: "table")
        var fold: [String: String] = [:]
        var replayed = 0
        var steps: Set<Int> = [1, 999, 1_001]
        for _ in 0..<6 { steps.insert(Int(dice.next() % 5_000)) }
        let end = try member.replay(Partition("table", 0), from: .start) { record in
            fold[record.key?.text ?? ""] = record.value?.text
            replayed += 1
            guard steps.contains(replayed) else { return }
            // Not yet old enough for tombstones to go, which is another test's.
            do { try house.letPass(.seconds(60)) } catch { Issue.record(error) }
        }
        #expect(fold == whole)
        #expect(replayed < 6_000, "nothing was compacted meanwhile")
        #expect(try house.records(in: "table").count <= 400)
        try write(10)
        try member.replay(Partition("table", 0), from: end) { fold[$0.key?.text ?? ""] = $0.value?.text }
        #expect(fold == whole)
    }

    @Test("kill -9 in the middle of housekeeping leaves the log exact", arguments: [1, 2] as [UInt64])
    func killed(seed: UInt64) async throws {
        try await apart {
            let log = try LocalLogUnderTest(.files)
            let appender = try log.appender()
            var dice = SplitMix64(seed: seed)
            func start() throws -> WorkerProcess {
                try WorkerProcess("LogWorker", [log.folder.path, "20", "-", "table"])
            }
            for round in 0..<15 {
                try appender.append(
                    (0..<400).map {
                        OutgoingRecord(topic: "input", key: Bytes("key-\($0 % 30)"), value: Bytes("\(round).\($0)"))
                    })
                let worker = try start()
                usleep(UInt32(30_000 + dice.next() % 150_000))
                try #require(worker.isRunning, "\(worker.told)")
                worker.kill()
                _ = try Self.last(in: "table", of: log)
            }
            let worker = try start()
            let wanted = try Self.last(in: "input", of: log)
            let end = ContinuousClock.now + .seconds(45)
            while try Self.last(in: "table", of: log) != wanted, ContinuousClock.now < end { usleep(20_000) }
            #expect(try Self.last(in: "table", of: log) == wanted)
            let database = try Database(.file(log.folder.path + "/log.sqlite"))
            func count(_ query: String) throws -> Int64 {
                try Statement("SELECT count(*) FROM \(query)", in: database).first { $0.integer(0) } ?? -1
            }
            let walked = "records JOIN partitions ON place >> 40 = id AND place & ((1 << 40) - 1) < walked"
            while try count("partitions WHERE walked < next AND walked < noted") > 0, ContinuousClock.now < end {}
            worker.kill()
            let keys = try count("(SELECT DISTINCT place >> 40, key FROM \(walked))")
            #expect(try keys == count("(SELECT 1 FROM \(walked))"))
            #expect(try count("latest") == count("latest JOIN records USING (place)"))
            #expect(try count("latest") == 30)
        }
    }

    /// What each key says last; reading it also says that nothing is damaged.
    private static func last(in topic: String, of log: LocalLogUnderTest) throws -> [Bytes?: Bytes?] {
        let tail = try log.tail(of: [topic], from: .start)
        var last: [Bytes?: Bytes?] = [:]
        while true {
            let batch = try tail.next(atMost: 1_000, waiting: .zero)
            for record in batch.records { last[record.key] = record.value }
            if batch.reachedEnd { return last }
        }
    }
}
