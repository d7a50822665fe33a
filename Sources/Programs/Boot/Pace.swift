package import Lifecycle
package import Pipeline
package import Ports

/// Steps a runner until it is told to stop: backs off where the log asks for patience, and sums up once a minute.
package struct Pace {
    private static let summaryEvery = Duration.seconds(60)
    /// How long one step may wait, and so how late a stop is noticed.
    private static let patience = Duration.milliseconds(500)

    private let stop: StopSign
    private let signals: Signals
    private let clock: () -> Timestamp
    private var backoff = Backoff(initial: .milliseconds(20), limit: .seconds(10))
    private var summedUpAt: Timestamp

    package init(_ stop: StopSign, signals: Signals, clock: @escaping () -> Timestamp) {
        self.stop = stop
        self.signals = signals
        self.clock = clock
        summedUpAt = clock()
    }

    /// Returns when told to stop; throws what needs another process.
    package mutating func run(
        _ step: (Duration) throws(LogFailure) -> Progress, statistics: () -> StageStatistics
    ) throws(LogFailure) {
        while !stop.isSet {
            do throws(LogFailure) {
                switch try step(Self.patience) {
                case .idle, .reassigned, .committed: backoff.reset()
                case .aborted: _ = stop.wait(atMost: backoff.next())
                }
            } catch {
                guard error.remedy == .retry else { throw error }
                signals.failure("log.failed", error)
                _ = stop.wait(atMost: backoff.next())
            }
            if clock() - summedUpAt >= Self.summaryEvery { sumUp(statistics()) }
        }
        sumUp(statistics())
    }

    private mutating func sumUp(_ statistics: StageStatistics) {
        summedUpAt = clock()
        signals.info(
            "loop.summed_up",
            [
                .records: .number(statistics.records), .turns: .number(statistics.turns),
                .entries: .number(statistics.entries), .outputs: .number(statistics.outputs),
                .setAside: .number(statistics.setAside), .aborted: .number(statistics.aborted),
                .calls: .number(statistics.calls), .longestTurnMilliseconds: .milliseconds(statistics.longestTurn),
            ])
    }
}
