import Glibc
import Pipeline
import Ports

// What only several processes can show.
extension LogContract {
    /// A worker is killed again and again in the middle of its work. What it wrote is the input, once, in order, and
    /// at no moment is half a turn to be seen. Each worker lives for so many milliseconds, which must be enough for
    /// some of them to have begun.
    package static func killedAtAnyMomentTheOutputIsExact(
        _ log: some LogWithWorkers, seed: UInt64, kills: Int = 15, recordsPerKill: Int = 500,
        life: Range<UInt64> = 0..<250, loop: CopyLoop = CopyLoop()
    ) throws {
        let appender = try log.appender()
        let outside = try log.tail(of: ["output"], from: .start)
        var dice = seed
        var copies: [IncomingRecord] = []
        var killedAtWork = 0
        for round in 0..<kills {
            let first = round * recordsPerKill
            try appender.append(numbered(first..<(first + recordsPerKill), keys: 50).map(padded))
            let worker = try log.startWorker(loop)
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            usleep(UInt32(life.lowerBound * 1_000 + (dice >> 33) % UInt64(life.count * 1_000)))
            try require(worker.isRunning, "the worker of round \(round) ended by itself")
            worker.kill()
            copies += try rest(of: outside)
            if copies.count < first + recordsPerKill { killedAtWork += 1 }
            try requireWholeTurns(copies)
        }
        // How often depends on the disk; a few are enough to have met open transactions.
        try require(killedAtWork >= kills / 5, "only \(killedAtWork) of \(kills) kills met a worker at work")

        let worker = try log.startWorker(loop)
        let end = ContinuousClock.now + deadline
        while copies.count < kills * recordsPerKill, ContinuousClock.now < end, worker.isRunning {
            copies += try outside.next(atMost: 1_000, waiting: .milliseconds(200)).records
        }
        worker.kill()
        copies += try rest(of: outside)
        try requireSame(copies, as: try everything(in: ["input"], of: log))
    }

    private static func padded(_ record: OutgoingRecord) -> OutgoingRecord {
        var record = record
        record.value = record.value.map { Bytes($0.array + [UInt8](repeating: UInt8(ascii: " "), count: 500)) }
        return record
    }

    static func requireWholeTurns(_ copies: [IncomingRecord], rule: String = #function) throws {
        for (turn, records) in Dictionary(grouping: copies, by: { $0.headers["turn"] ?? "none" }) {
            let size = records.first?.headers["turn-size"] ?? "none"
            try require(
                size == "\(records.count)", "of turn \(turn) with \(size) records, \(records.count) are seen",
                rule: rule)
        }
    }

    static func requireSame(
        _ copies: [IncomingRecord], as originals: [IncomingRecord], rule: String = #function
    ) throws {
        let copied = Dictionary(grouping: copies, by: \.partition.number)
        for (number, records) in Dictionary(grouping: originals, by: \.partition.number) {
            let mine = copied[number] ?? []
            let same = mine.elementsEqual(records) { $0.key == $1.key && $0.value == $1.value }
            try require(
                same, "partition \(number) has \(records.count) records and \(mine.count) copies, or another order",
                rule: rule)
        }
        try require(copies.count == originals.count, "\(copies.count) copies of \(originals.count)", rule: rule)
    }
}
