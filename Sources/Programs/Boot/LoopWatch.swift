import Pipeline
import Ports

/// One loop as its program watches it: what it did becomes numbers, that it goes on is noted, and a minute of it is
/// told in one line.
package struct LoopWatch: Sendable {
    let loop: String
    let signals: Signals
    let meters: Meters
    let vitals: Vitals
    let headline: @Sendable () -> String

    /// A step came to its end, for better or worse.
    func stepped(_ statistics: StageStatistics, failure: LogFailure?, at now: Timestamp) {
        vitals.stepped(loop, trouble: failure.map { "\($0.code): \($0.detail)" })
        meters.tell(.lastStep, .set(now))
        if failure != nil { meters.tell(.logRetries, .one) }
        let counts: [(Metric, Int)] = [
            (.turns, statistics.turns), (.turnsAborted, statistics.aborted), (.recordsConsumed, statistics.records),
            (.journalEntries, statistics.entries), (.outputs, statistics.outputs), (.loopCalls, statistics.calls),
            (.assignments, statistics.assignments),
        ]
        for (metric, count) in counts where count > 0 { meters.tell(metric, .add(count)) }
    }

    func sumUp(_ sum: StageStatistics) {
        meters.tell(.longestTurn, .set(sum.longestTurn))
        let headline = headline()
        signals.emit(
            Signal(
                .info, "loop.summed_up",
                [
                    (.records, .number(sum.records)), (.turns, .number(sum.turns)),
                    (.entries, .number(sum.entries)), (.outputs, .number(sum.outputs)),
                    (.setAside, .number(sum.setAside)), (.aborted, .number(sum.aborted)),
                    (.calls, .number(sum.calls)), (.longestTurnMilliseconds, .milliseconds(sum.longestTurn)),
                ] + (headline.isEmpty ? [] : [(.headline, .text(headline))])))
    }
}
