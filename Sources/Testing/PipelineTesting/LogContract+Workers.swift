import Glibc
import Pipeline
import Ports

// Several members of one group, each a process of its own; all is counted by an outside reader.
extension LogContract {
    /// How a worker ends its work without saying so.
    package enum End: CaseIterable, Sendable { case killed, frozen }

    /// One worker, then three, then two of them: each record is processed once, by as many workers as there are.
    package static func workersShareTheWork(_ log: some LogWithWorkers) throws {
        let appender = try log.appender()
        let outside = try log.tail(of: ["output"], from: .start)
        var workers: [WorkerProcess] = []
        var copies: [IncomingRecord] = []
        for size in [1, 3, 2] {
            while workers.count > size { workers.removeFirst().kill() }
            while workers.count < size { workers.append(try log.startWorker(CopyLoop())) }
            // In small portions until all of them were seen at work: how soon they share is the log's affair.
            var seen: Set<String> = []
            let end = ContinuousClock.now + deadline
            repeat {
                try appender.append(numbered(copies.count..<(copies.count + 60)))
                let more = try rest(of: outside, count: 60)
                copies += more
                seen = seen.union(more.compactMap { $0.headers["worker"] })
                    .intersection(workers.map { "\($0.processID)" })
                try require(
                    ContinuousClock.now < end, "\(seen.count) of \(size) workers do \(size) workers' work")
            } while seen.count < size
        }
        for worker in workers { worker.kill() }
        try requireWholeTurns(copies)
        try requireSame(try everything(in: ["output"], of: log), as: try everything(in: ["input"], of: log))
    }

    /// A worker stops between its decision and the commit, until others have its partitions and have done its work.
    /// When it goes on, it can commit neither what it decided nor an intent; later it works again as one of them.
    package static func zombieCannotCommit(_ log: some LogWithWorkers, at moment: CopyLoop.Moment) throws {
        let appender = try log.appender()
        let outside = try log.tail(of: ["output"], from: .start)
        var loop = CopyLoop()
        loop.freezesBefore = moment
        let zombie = try log.startWorker(loop)
        try appender.append(numbered(0..<60))
        try wait(for: "the worker to freeze") { zombie.isFrozen }
        let other = try log.startWorker(CopyLoop())
        var copies = try rest(of: outside, count: 60)
        let before = try everything(in: ["journal"], of: log)
        zombie.thaw()
        // It polls again and shares the work; had it committed what it decided, that would be seen by then.
        var isBack = false
        let end = ContinuousClock.now + deadline
        while !isBack {
            try require(ContinuousClock.now < end && zombie.isRunning, "the worker never came back to its work")
            try appender.append(numbered(copies.count..<(copies.count + 30)))
            let more = try rest(of: outside, count: 30)
            copies += more
            isBack = more.contains { $0.headers["worker"] == "\(zombie.processID)" }
        }
        for worker in [zombie, other] { worker.kill() }
        try requireWholeTurns(copies)
        try requireSame(try everything(in: ["output"], of: log), as: try everything(in: ["input"], of: log))
        let made = Set(copies.filter { $0.headers["worker"] == "\(zombie.processID)" }.map { $0.headers["turn"] })
        let intents = try everything(in: ["journal"], of: log).filter {
            $0.headers["worker"] == "\(zombie.processID)" && !places(before).contains("\($0.partition)@\($0.offset)")
        }
        let stray = intents.map { $0.value?.text }.filter { !made.contains($0) }
        try require(stray.isEmpty, "the frozen worker committed an intent after all: \(stray)")
    }

    /// How long after a worker's sudden end another one has done all of its work.
    package static func takeOver(from end: End, on log: some LogWithWorkers) throws -> Duration {
        let appender = try log.appender()
        let outside = try log.tail(of: ["output"], from: .start)
        let workers = [try log.startWorker(CopyLoop()), try log.startWorker(CopyLoop())]
        var count = 0
        var seen: Set<String> = []
        while seen.count < 2 {
            try appender.append(numbered(count..<(count + 30)))
            count += 30
            seen.formUnion(try rest(of: outside, count: 30).compactMap { $0.headers["worker"] })
        }
        switch end {
        case .killed: workers[0].kill()
        case .frozen: workers[0].freeze()
        }
        let start = ContinuousClock.now
        try appender.append(numbered(count..<(count + 30)))
        _ = try rest(of: outside, count: 30)
        let time = ContinuousClock.now - start
        for worker in workers { worker.kill() }
        try requireSame(try everything(in: ["output"], of: log), as: try everything(in: ["input"], of: log))
        return time
    }

    private static func rest(
        of tail: any LogTailing, count: Int, rule: String = #function
    ) throws -> [IncomingRecord] {
        let end = ContinuousClock.now + deadline
        var records: [IncomingRecord] = []
        while records.count < count {
            try require(ContinuousClock.now < end, "only \(records.count) of \(count) copies came", rule: rule)
            records += try tail.next(atMost: 1_000, waiting: .milliseconds(200)).records
        }
        return records
    }

    private static func wait(for what: String, rule: String = #function, until isSo: () -> Bool) throws {
        let end = ContinuousClock.now + deadline
        while !isSo() {
            try require(ContinuousClock.now < end, "waited in vain for \(what)", rule: rule)
            usleep(10_000)
        }
    }
}
