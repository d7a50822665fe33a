import Children
import Foundation
import PipelineTesting
import Ports

/// Workers under a supervisor: whoever ends is started again under its name, until a person would have to look.
final class Crew {

    private let log: KafkaUnderTest
    private let loop: CopyLoop
    private var workers: [(name: String, process: WorkerProcess)] = []
    /// How workers ended that nobody killed.
    private(set) var ends: [Child.End] = []
    private var killed: Set<Int32> = []
    /// What those told that have ended, by themselves or killed, and how they ended.
    private(set) var obituaries: [String] = []

    init(_ names: [String], on log: KafkaUnderTest, _ loop: CopyLoop = CopyLoop()) throws {
        self.log = log
        self.loop = loop
        for name in names { workers.append((name, try log.startWorker(loop, as: name))) }
    }

    /// Starts again whoever has ended. One that asks not to be is an error.
    func supervise() throws {
        for (index, worker) in workers.enumerated() {
            guard let end = worker.process.ended else { continue }
            if !killed.contains(worker.process.processID) { ends.append(end) }
            obituaries.append("\(worker.name) ended by itself (\(end)):\n\(worker.process.lastWords)")
            if end == .exit(ExitCode.doNotRestart.rawValue) {
                throw Hand.Late(description: "\(worker.name) wants a person to look: \(report)")
            }
            workers[index].process = try log.startWorker(loop, as: worker.name)
        }
    }

    /// kill -9 of one worker; the next `supervise` starts it again.
    func kill(_ index: Int) {
        killed.insert(workers[index].process.processID)
        workers[index].process.kill()
    }

    /// What the worker that lives under a name has told.
    func told(by index: Int) -> String { workers[index].process.told }

    func killAll() { for worker in workers { worker.process.kill() } }

    /// What each of them told last, the dead before the living.
    var report: String {
        let living = workers.map { "\($0.name) lives (\($0.process.processID)):\n\($0.process.lastWords)" }
        return "\n" + (obituaries.suffix(6) + living).joined(separator: "\n")
    }
}

extension WorkerProcess {
    /// The end of what it told.
    var lastWords: String { told.split(separator: "\n").suffix(25).map { "    \($0)" }.joined(separator: "\n") }
}

/// How far the copies have come, seen from outside while the workers work.
final class Gauge {
    private let tail: any LogTailing
    private(set) var count = 0

    init(_ log: KafkaUnderTest) throws { tail = try log.tail(of: ["output"], from: .start) }

    /// A broker that is away is waited for.
    private func look() throws(LogFailure) -> Int {
        do throws(LogFailure) {
            return try tail.next(atMost: 1_000, waiting: .milliseconds(100)).records.count
        } catch {
            guard error.remedy == .retry else { throw error }
            return 0
        }
    }

    /// Until so many copies are seen, with somebody who starts dead workers again. Standing still is an error.
    func wait(for enough: Int, by crew: Crew, standstill: Duration = .seconds(60)) throws {
        var last = ContinuousClock.now
        while count < enough {
            let more = try look()
            count += more
            if more > 0 { last = .now }
            try crew.supervise()
            if ContinuousClock.now - last > standstill {
                throw Hand.Late(
                    description: "\(count) of \(enough) copies, and no more for \(standstill):\(crew.report)")
            }
        }
    }
}
