import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SQLite
import Testing

@Suite("Local log: what is let go of", .timeLimit(.minutes(1)))
struct HousekeepingTests {
    @Test("events are kept for as long as their topic says, by the log's own time of writing where that is the topic's")
    func retentionByTime() throws {
        let house = try House()
        let topics = ["arrived", "dated"]
        for topic in topics { try house.write(topic, ["a", "b"], dated: house.clock.wall - .seconds(90)) }
        house.clock.pass(.seconds(60))
        for topic in topics { try house.write(topic, ["c"], dated: house.clock.wall) }
        // Of what was written a minute ago, only that is old that says so itself.
        try house.keep()
        #expect(try house.texts(in: "arrived") == ["a", "b", "c"])
        #expect(try house.texts(in: "dated") == ["c"])
        house.clock.pass(.seconds(45))
        try house.keep()
        #expect(try house.texts(in: "arrived") == ["c"])
        house.clock.pass(.seconds(100))
        try house.keep()
        #expect(try house.texts(in: "arrived") == [])
        #expect(try house.texts(in: "dated") == [])
        let places = try house.write("arrived", ["d"])
        #expect(places.map(\.1.value) == [3], "an offset is never used again")
        #expect(try house.texts(in: "arrived") == ["d"])
    }

    @Test("a record dated by the log has the moment of its arrival, whatever it was written with")
    func arrival() throws {
        let house = try House()
        try house.write("arrived", ["a"], dated: Timestamp(microseconds: 1))
        #expect(try house.records(in: "arrived").map(\.timestamp) == [house.clock.wall])
    }

    @Test("a partition is never cut below the bytes that its topic keeps, and no further above them than by one record")
    func retentionBySize() throws {
        let house = try House()
        // 100 bytes each, key included.
        let values = (0..<50).map { "\($0)".padded(to: 99) }
        try house.write("sized", values)
        try house.keep()
        #expect(try house.texts(in: "sized") == Array(values.suffix(10)))
        try house.write("sized", [values[0]])
        try house.keep()
        #expect(try house.texts(in: "sized") == values.suffix(9) + [values[0]])
    }

    @Test("the bytes of a log that was written before there was a limit count as well")
    func upgrade() throws {
        let folder = try Folder()
        let values = (0..<50).map { "\($0)".padded(to: 99) }
        do {
            let house = try House(in: folder)
            try house.write("sized", values)
        }
        do {
            let database = try Database(.file(folder.path + "/log.sqlite"))
            for column in ["start", "bytes", "walked", "dropped", "noted", "noted_at"] {
                try database.execute("ALTER TABLE partitions DROP COLUMN \(column)")
            }
            try database.execute("DROP TABLE latest; DROP TABLE housekeeping; PRAGMA user_version = 2")
        }
        let house = try House(in: folder)
        try house.keep()
        #expect(try house.texts(in: "sized") == Array(values.suffix(10)))
    }

    @Test("a group behind what retention let go of is stopped, and is not led past it", arguments: [true, false])
    func groupIsTooLate(hasConsumed: Bool) throws {
        let folder = try Folder()
        let house = try House(in: folder)
        if hasConsumed { try house.write("arrived", ["a"]) }
        var group: HouseMember? = try house.member("late", reading: "arrived")
        if hasConsumed { try group?.consumeAll() }
        try house.write("arrived", ["b", "c"])
        house.clock.pass(.seconds(200))
        try house.keep()
        try house.write("arrived", ["d"])
        let same = #expect(throws: LogFailure.self) { try group?.consumeAll() }
        // Also one that comes back.
        group = nil
        let again = #expect(throws: LogFailure.self) { try house.member("late", reading: "arrived").consumeAll() }
        for failure in [same, again] {
            #expect(failure?.remedy == .stop)
            #expect(failure?.code == "log.records-gone")
            let words = "arrived/0 no longer holds what group late has to read next, so records were lost"
            #expect(failure?.detail.contains(words) == true)
        }
        // A new one begins where the log does, and so does this one when a person has done what it asks for.
        #expect(try house.member("new", reading: "arrived").consumeAll() == ["d"])
        let words = try #require(again?.detail.split(separator: "\""))
        #expect(words.count == 2)
        try Database(.file(folder.path + "/log.sqlite")).execute(String(words[1]))
        #expect(try house.member("late", reading: "arrived").consumeAll() == ["d"])
    }

    @Test("a tail from the start begins where the log does, wherever that is when it reads; a late one is stopped")
    func tails() throws {
        let house = try House()
        try house.write("arrived", ["a", "b"])
        let early = try house.store.tail(of: ["arrived"], from: .start)
        let late = try house.store.tail(of: ["arrived"], from: .start)
        #expect(try late.next(atMost: 1, waiting: .zero).records.count == 1)
        house.clock.pass(.seconds(200))
        try house.write("arrived", ["c"])
        try house.keep()
        #expect(try early.next(atMost: 10, waiting: .zero).records.map(\.offset.value) == [2])
        let failure = #expect(throws: LogFailure.self) { _ = try late.next(atMost: 10, waiting: .zero) }
        #expect(failure?.code == "log.records-gone")
    }

    @Test("a journal is never touched, and neither is a topic that says nothing of its end")
    func journal() throws {
        let house = try House()
        for topic in ["journal", "endless"] { try house.write(topic, Array(repeating: "e", count: 30)) }
        house.clock.pass(.seconds(1_000_000_000))
        try house.keep()
        for topic in ["journal", "endless"] {
            #expect(try house.records(in: topic).map(\.offset.value) == Array(0..<30))
        }
    }

    @Test("of a compacted topic nothing goes that was replaced only just now")
    func youth() throws {
        let house = try House()
        try house.write("table", ["a=1", "b=1", "a=2"])
        try house.keep()
        house.clock.pass(.seconds(59))
        try house.keep()
        #expect(try house.texts(in: "table") == ["1", "1", "2"])
        house.clock.pass(.seconds(1))
        try house.keep()
        #expect(try house.texts(in: "table") == ["1", "2"])
    }

    @Test("a tombstone stays for a day after the last value before it went, however old it is itself")
    func tombstones() throws {
        let house = try House()
        try house.write("table", ["a=1", "b=1", "a=", "b="])
        // Nobody ran for two days; until now a reader could see the values.
        house.clock.pass(.seconds(2 * 86_400))
        try house.keep()
        house.clock.pass(.seconds(60))
        try house.keep()
        #expect(try house.texts(in: "table") == ["nil", "nil"])
        house.clock.pass(.seconds(86_399))
        try house.write("table", ["b=2"])
        try house.keep()
        #expect(try house.texts(in: "table") == ["nil", "nil", "2"])
        house.clock.pass(.seconds(60))
        try house.keep()
        #expect(try house.texts(in: "table") == ["2"])
        let group = try house.member("g", reading: "table")
        #expect(try group.consumeAll() == ["2"])
    }

    @Test("a reader that stood still before tombstones for longer than they stay is told so")
    func overtaken() throws {
        let house = try House()
        try house.write("table", ["a=1", "b=1", "a="])
        let tail = try house.store.tail(of: ["table"], from: .start)
        #expect(try tail.next(atMost: 1, waiting: .zero).records.count == 1)
        let member = try house.store.member(of: "g", reading: ["endless"], journal: "table")
        try house.letPass(.seconds(60))
        try house.letPass(.seconds(86_400))
        let late = #expect(throws: LogFailure.self) { _ = try tail.next(atMost: 10, waiting: .zero) }
        #expect(late?.code == "log.tombstones-gone")
        let known = #expect(throws: LogFailure.self) {
            _ = try member.replay(Partition("table", 0), from: Offset(1)) { _ in }
        }
        #expect(known?.code == "log.tombstones-gone")
        // Who knows nothing has missed nothing.
        var replayed: [String] = []
        _ = try member.replay(Partition("table", 0), from: .start) { replayed.append($0.value?.text ?? "nil") }
        #expect(replayed == ["1"])
    }

    @Test("a record that is missing from a compacted topic is noticed where compaction has not been")
    func holeInTable() throws {
        let folder = try Folder()
        let house = try House(in: folder)
        try house.write("table", ["a=1", "a=2"])
        try house.letPass(.seconds(60))
        try house.write("table", ["b=1", "c=1", "d=1"])
        #expect(try house.texts(in: "table") == ["2", "1", "1", "1"])
        try Database(.file(folder.path + "/log.sqlite")).execute("DELETE FROM records WHERE key = x'63'")
        let failure = #expect(throws: LogFailure.self) { _ = try house.texts(in: "table") }
        #expect(failure?.code == "log.damaged")
        #expect(failure?.detail.contains("table/0 cannot be read at offset 3") == true)
    }

    @Test("a step is small, and all members together take one a second")
    func pace() throws {
        let house = try House { limits in
            limits.pause = .seconds(1)
            limits.records = 100
            limits.time = .seconds(10)
        }
        try house.write("arrived", Array(repeating: "a", count: 1_000))
        house.clock.pass(.seconds(200))
        let keepers = try (0..<3).map { _ in try house.member("keepers", reading: "endless").log }
        for step in 1...5 {
            for _ in 0..<10 { for keeper in keepers { _ = try keeper.poll(atMost: 1, waiting: .zero) } }
            #expect(try house.records(in: "arrived").count == 1_000 - step * 100)
            house.clock.pass(.seconds(1))
        }
    }

    @Test("a file whose records come and go does not grow")
    func size() throws {
        let folder = try Folder()
        let house = try House(in: folder)
        let values = (0..<500).map { "\($0)".padded(to: 1_000) }
        func pages() throws -> Int64 {
            let database = try Database(.file(folder.path + "/log.sqlite"))
            return try Statement("PRAGMA page_count", in: database).first { $0.integer(0) } ?? 0
        }
        var sizes: [Int64] = []
        for _ in 0..<10 {
            try house.write("sized", values)
            try house.keep()
            sizes.append(try pages())
        }
        #expect(sizes[9] <= sizes[1], "\(sizes)")
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String { self + String(repeating: ".", count: length - utf8.count) }
}
