import Children
import Foundation
import PipelineTesting
import Ports
import Testing

extension BrokerTests {
    @Suite("Kafka: several processes", .timeLimit(.minutes(3)))
    struct WorkerTests {
        private func log() throws -> KafkaUnderTest {
            let log = try KafkaUnderTest()
            log.isNaming = true
            return log
        }

        @Test("worker processes share the work: one, then three, then two, one of them killed")
        func workersShareTheWork() throws { try LogContract.workersShareTheWork(log()) }

        @Test(
            "a worker frozen before a commit until others have its work cannot commit",
            arguments: CopyLoop.Moment.allCases)
        func zombieCannotCommit(moment: CopyLoop.Moment) throws {
            try LogContract.zombieCannotCommit(log(), at: moment)
        }

        @Test("who was killed or frozen is replaced", arguments: LogContract.End.allCases)
        func takeOver(end: LogContract.End) throws {
            let time = try LogContract.takeOver(from: end, on: log())
            print("a worker that was \(end) is replaced after \(time)")
            // A session of 1 s and a transaction of 2 s, each noticed within a second, and the work itself.
            #expect(time < .seconds(20))
        }

        @Test("fenced_once_restarts_fenced_twice_exits: of two processes with one name the older one comes back")
        func fencedOnceRestartsFencedTwiceExits() throws {
            let log = try KafkaUnderTest()
            log.infancy = 12
            let appender = try log.appender()
            var fed = 0
            var workers: [WorkerProcess] = []
            func work(until isSo: () -> Bool) throws {
                let end = ContinuousClock.now + .seconds(30)
                while !isSo() {
                    if ContinuousClock.now > end {
                        throw Hand.Late(
                            description: "not within 30 s:\n" + workers.map(\.lastWords).joined(separator: "\n\n"))
                    }
                    try appender.append(
                        (0..<3).map { OutgoingRecord(topic: "input", partition: $0, key: nil, value: Bytes("\(fed)")) })
                    fed += 3
                    usleep(100_000)
                }
            }
            let old = try log.startWorker(CopyLoop(), as: "double")
            workers.append(old)
            try work { old.told.contains("worker.started") }
            // It counts from when it took its name in the cluster, which is a little after it said that it had started.
            let grownUp = ContinuousClock.now + .seconds(log.infancy + 2)
            try work { ContinuousClock.now > grownUp }
            let new = try log.startWorker(CopyLoop(), as: "double")
            workers.append(new)
            // The old one may be fenced while the new one still waits for its id; started at once, it would be the
            // older of the two again. A supervisor takes its time too.
            try work { old.ended != nil && new.told.contains("worker.started") }
            #expect(old.ended == .exit(ExitCode.temporary.rawValue), "\(old.lastWords)")
            #expect(old.told.contains("log.fenced"))

            let restarted = try log.startWorker(CopyLoop(), as: "double")
            try work { new.ended != nil }
            #expect(new.ended == .exit(ExitCode.doNotRestart.rawValue), "\(new.lastWords)")
            #expect(new.lastWords.contains("log.fenced") && new.lastWords.contains(log.prefix + "double"))

            let before = try log.seen(in: "output").count
            var copies = before
            try work {
                copies = (try? log.seen(in: "output").count) ?? 0
                return copies > before + 30
            }
            #expect(restarted.isRunning, "\(restarted.lastWords)")
        }
    }
}
