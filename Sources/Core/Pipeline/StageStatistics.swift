/// What a loop did since it was last asked: a value that the programs print once a minute and add to their metrics.
package struct StageStatistics: Sendable, Equatable {
    /// Turns that were committed, and what was in them.
    package var turns = 0
    /// Records consumed, whatever became of them.
    package var records = 0
    /// Of these: something for another loop.
    package var notMine = 0
    package var entries = 0
    package var outputs = 0
    package var setAside = 0
    package var ticks = 0
    package var answers = 0
    /// Turns that the log undid; their records came again.
    package var aborted = 0
    /// Look-ups that a stage asked for.
    package var asks = 0
    /// Calls that were started.
    package var calls = 0
    /// Answers that came for partitions which had gone to another member.
    package var dropped = 0
    /// Calls whose intent was committed and that the last look then did not let go.
    package var refused = 0
    /// Journal entries folded into memory on assignment.
    package var replayed = 0
    package var assignments = 0
    /// From the first input of a turn to the end of its commit.
    package var longestTurn = Duration.zero

    package init() {}

    /// Sums, and the longer of the two longest turns.
    package static func += (left: inout StageStatistics, right: StageStatistics) {
        left.turns += right.turns
        left.records += right.records
        left.notMine += right.notMine
        left.entries += right.entries
        left.outputs += right.outputs
        left.setAside += right.setAside
        left.ticks += right.ticks
        left.answers += right.answers
        left.aborted += right.aborted
        left.asks += right.asks
        left.calls += right.calls
        left.dropped += right.dropped
        left.refused += right.refused
        left.replayed += right.replayed
        left.assignments += right.assignments
        left.longestTurn = max(left.longestTurn, right.longestTurn)
    }
}

/// What one step of a runner came to.
package enum Progress: Sendable, Equatable {
    /// Nothing to commit.
    case idle
    /// Partitions came or went.
    case reassigned
    /// A turn was committed that consumed so many records; there may be none in it.
    case committed(records: Int)
    /// The log undid the turn. The next step does it again; a loop that sees many of these in a row backs off.
    case aborted
}
