import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Local log: reading", .timeLimit(.minutes(1)))
struct LocalLogReadingTests {
    @Test("a busy partition does not starve the others", arguments: [1, 3, 10])
    func fairness(batch: Int) throws {
        let log = try LocalLogUnderTest(.memory)
        let appender = try log.appender()
        let busy = (0..<600).map { OutgoingRecord(topic: "input", partition: 0, key: nil, value: Bytes("\($0)")) }
        let quiet = [1, 2].map { OutgoingRecord(topic: "input", partition: $0, key: nil, value: "quiet") }
        try appender.append(busy + quiet)
        let member = try log.member(of: "g", reading: ["input"], journal: nil)
        _ = try member.poll(atMost: batch, waiting: .zero)
        var records: [IncomingRecord] = []
        while records.count < 12, case .records(let more) = try member.poll(atMost: batch, waiting: .zero) {
            records += more
        }
        #expect(records.filter { $0.partition.number != 0 }.count == 2)
    }

    @Test("a batch is bounded by its bytes, and always brings a record")
    func bytes() throws {
        var limits = LocalStore.Limits()
        limits.batch = 10_000
        limits.record = 50_000
        let store = try LocalStore(.memory, topics: LogContract.topics, limits: limits)
        let sizes = [100, 40_000] + Array(repeating: 3_000, count: 30)
        try store.appender().append(
            sizes.map {
                OutgoingRecord(topic: "input", partition: 1, key: nil, value: Bytes([UInt8](repeating: 1, count: $0)))
            })
        let tail = try store.tail(of: ["input"], from: .start)
        var read: [Int] = []
        while true {
            let batch = try tail.next(atMost: 1_000, waiting: .zero)
            let bytes = batch.records.map { $0.value?.count ?? 0 }
            #expect(bytes.dropLast().reduce(0, +) <= limits.batch, "all but the last one are within the limit")
            #expect(!bytes.isEmpty)
            read += bytes
            if batch.reachedEnd { break }
        }
        #expect(read == sizes)
    }

    @Test("a turn that was polled before a rewind is refused after it", arguments: LogPlace.allCases)
    func staleTurn(_ place: LogPlace) throws {
        let log = try LocalLogUnderTest(place)
        try log.appender().append([OutgoingRecord(topic: "input", key: nil, value: "v")])
        let member = try log.member(of: "g", reading: ["input"], journal: nil)
        guard case .assigned(let assignment) = try member.poll(atMost: 1, waiting: .zero),
            case .records(let records) = try member.poll(atMost: 1, waiting: .zero)
        else { throw Unassigned() }
        var turn = Turn(in: assignment)
        for record in records { turn.consume(record) }
        try member.rewind()
        let failure = #expect(throws: LogFailure.self) { _ = try member.commit(turn) }
        #expect(failure?.code == "log.turn-out-of-step")
        guard case .records(let again) = try member.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }
        #expect(again.map(\.offset) == records.map(\.offset))
    }

    @Test("a replay from behind the end says that records are missing")
    func shorterThanKnown() throws {
        let log = try LocalLogUnderTest(.memory)
        let member = try log.member(of: "g", reading: ["input"], journal: "journal")
        let failure = #expect(throws: LogFailure.self) {
            try member.replay(Partition("journal", 0), from: Offset(1)) { _ in }
        }
        #expect(failure?.code == "log.shorter-than-known")
        #expect(failure?.remedy == .stop)
    }

    @Test("a commit wakes a sleeping reader on another thread")
    func wakes() throws {
        let log = try LocalLogUnderTest(.files)
        let path = log.folder.path
        let rounds = 10
        // There and back again. Without the bell each way would take as long as the longest sleep, 2 s.
        let echo = Background {
            let store = try LocalStore(.directory(path), topics: LogContract.topics)
            let tail = try store.tail(of: ["input"], from: .start)
            let appender = try store.appender()
            for _ in 0..<rounds {
                let record = try #require(try tail.next(atMost: 1, waiting: .seconds(30)).records.first)
                try appender.append([OutgoingRecord(topic: "output", key: nil, value: record.value)])
            }
        }
        let tail = try log.tail(of: ["output"], from: .start)
        let appender = try log.appender()
        let start = ContinuousClock.now
        for round in 0..<rounds {
            try appender.append([OutgoingRecord(topic: "input", key: nil, value: Bytes("\(round)"))])
            let record = try tail.next(atMost: 1, waiting: .seconds(30)).records.first
            #expect(record?.value == Bytes("\(round)"))
        }
        try echo.finish()
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("who waits for a record uses no processor time")
    func idle() throws {
        let log = try LocalLogUnderTest(.files)
        let member = try log.member(of: "g", reading: ["input"], journal: nil)
        _ = try member.poll(atMost: 1, waiting: .zero)
        let start = ContinuousClock.now
        let before = processorTime()
        guard case .nothing = try member.poll(atMost: 1, waiting: .milliseconds(500)) else { throw Unassigned() }
        #expect(ContinuousClock.now - start >= .milliseconds(500))
        #expect(processorTime() - before < .milliseconds(10))
    }

    @Test("while another thread commits, an outside reader never sees half a turn")
    func wholeTurns() throws {
        let log = try LocalLogUnderTest(.files)
        let path = log.folder.path
        let turns = 300
        let writer = Background {
            let store = try LocalStore(.directory(path), topics: LogContract.topics)
            let member = try store.member(of: "g", reading: ["input"], journal: "journal")
            guard case .assigned(let assignment) = try member.poll(atMost: 1, waiting: .zero) else {
                throw Unassigned()
            }
            for number in 0..<turns {
                var turn = Turn(in: assignment)
                for partition in 0..<assignment.partitionCount {
                    let value = Bytes("\(number)")
                    turn.produce(OutgoingRecord(topic: "output", partition: partition, key: nil, value: value))
                    turn.journal(OutgoingRecord(topic: "journal", key: nil, value: value), at: partition)
                }
                #expect(try member.commit(turn) == .committed)
            }
        }
        let tail = try log.tail(of: ["output", "journal"], from: .start)
        var counts: [Bytes?: Int] = [:]
        let end = ContinuousClock.now + .seconds(30)
        while counts.count < turns, ContinuousClock.now < end {
            // Without waiting for the bell, which rings when a turn is whole: looks at every moment there is.
            let batch = try tail.next(atMost: 10_000, waiting: .zero)
            for record in batch.records { counts[record.value, default: 0] += 1 }
            try #require(batch.reachedEnd)
            try #require(counts.values.allSatisfy { $0 == 6 })
        }
        try writer.finish()
        #expect(counts.count == turns)
    }

    @Test("writers that open a new log at the same moment all get their records in")
    func manyWriters() throws {
        let folder = try Folder()
        let path = folder.path
        let writers = (0..<4).map { writer in
            Background {
                let store = try LocalStore(.directory(path), topics: LogContract.topics)
                let appender = try store.appender()
                for number in 0..<50 {
                    let value = Bytes("\(writer).\(number)")
                    try appender.append([OutgoingRecord(topic: "input", partition: 0, key: nil, value: value)])
                }
            }
        }
        for writer in writers { try writer.finish() }
        let store = try LocalStore(.directory(path), topics: LogContract.topics)
        let records = try store.tail(of: ["input"], from: .start).next(atMost: 1_000, waiting: .zero).records
        #expect(records.map(\.offset.value) == Array(0..<200))
        #expect(Set(records.map(\.value)).count == 200)
    }

    private func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
