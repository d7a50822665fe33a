package import Lifecycle
package import Pipeline
package import Ports

/// Steps a runner until it is told to stop: backs off where the log asks for patience, counts what the runner did,
/// says that the loop goes on, and sums up once a minute.
package struct Pace {
    private static let summaryEvery = Duration.seconds(60)
    /// How long one step may wait, and so how late a stop is noticed.
    private static let patience = Duration.milliseconds(500)

    private let stop: StopSign
    private let watch: LoopWatch
    private let clock: () -> Timestamp
    private var backoff = Backoff(initial: .milliseconds(20), limit: .seconds(10))
    private var sum = StageStatistics()
    private var summedUpAt: Timestamp

    package init(_ stop: StopSign, watch: LoopWatch, clock: @escaping () -> Timestamp) {
        self.stop = stop
        self.watch = watch
        self.clock = clock
        summedUpAt = clock()
    }

    /// Returns when told to stop; throws what needs another process.
    package mutating func run(
        _ step: (Duration) throws(LogFailure) -> Progress, statistics: () -> StageStatistics
    ) throws(LogFailure) {
        while !stop.isSet {
            do throws(LogFailure) {
                let progress = try step(Self.patience)
                note(statistics(), failure: nil)
                switch progress {
                case .idle, .reassigned, .committed: backoff.reset()
                case .aborted: _ = stop.wait(atMost: backoff.next())
                }
            } catch {
                guard error.remedy == .retry else { throw error }
                watch.signals.failure("log.failed", error)
                note(statistics(), failure: error)
                _ = stop.wait(atMost: backoff.next())
            }
            if clock() - summedUpAt >= Self.summaryEvery { sumUp() }
        }
        sumUp()
    }

    private mutating func note(_ statistics: StageStatistics, failure: LogFailure?) {
        watch.stepped(statistics, failure: failure, at: clock())
        sum += statistics
    }

    private mutating func sumUp() {
        summedUpAt = clock()
        watch.sumUp(sum)
        sum = StageStatistics()
    }
}
