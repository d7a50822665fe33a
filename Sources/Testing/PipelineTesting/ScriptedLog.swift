package import Pipeline
package import Ports

/// A log with faults by plan: aborts, fences, crashes around a commit, and rebalances, over any log that assigns
/// everything once. Waiting costs no time: a clock given here moves by it instead.
package final class ScriptedLog: TransactionalLog {
    package enum Fault: Sendable, Hashable {
        /// The turn is undone and its records come again.
        case abort
        /// Another process has taken over: nothing is committed, ever again.
        case fence
        /// The log cannot tell, and proposes to try again.
        case unanswered
        /// The process ends before, or after, the turn was committed.
        case crashBefore
        case crashAfter
    }

    /// Which commits fail, counted from zero over all the logs that share the plan: a restart goes on counting.
    package final class Plan {
        private var faults: [Int: Fault]
        package private(set) var commits = 0

        package init(_ faults: [Int: Fault] = [:]) { self.faults = faults }

        /// Nothing fails any more.
        package func forgive() { faults = [:] }

        fileprivate func next() -> Fault? {
            defer { commits += 1 }
            return faults[commits]
        }
    }

    /// How many of the next replays fail and propose to try again.
    package var failingReplays = 0
    /// Replays bring nothing more, as if somebody had deleted what was there.
    package var losesJournal = false

    private let inner: any TransactionalLog
    private let journal: String?
    private let plan: Plan
    private let mortality: Mortality
    private let clock: ScriptedClock?
    /// What the inner log assigned, and what of it the script has handed on.
    private var whole: Assignment?
    private var current: Assignment?
    /// A revoked assignment may still commit, until the next poll has assigned another.
    private var lastGiven: Assignment?
    private var generation = 0
    private var wishes: [Set<Int32>] = []

    package init(
        _ inner: any TransactionalLog, journal: String?, plan: Plan = Plan(), mortality: Mortality = Mortality(),
        clock: ScriptedClock? = nil
    ) {
        self.inner = inner
        self.journal = journal
        self.plan = plan
        self.mortality = mortality
        self.clock = clock
    }

    package var recordLimit: Int { inner.recordLimit }

    /// From the next polls on: everything is revoked, and then these numbers are assigned. Several wait in line.
    package func rebalance(to numbers: Set<Int32>) { wishes.append(numbers) }

    package func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        try mortality.check()
        if let wish = wishes.first, let whole {
            if let current {
                self.current = nil
                return .revoked(current)
            }
            wishes.removeFirst()
            try inner.rewind()
            return .assigned(assign(wish, of: whole))
        }
        switch try inner.poll(atMost: count, waiting: .zero) {
        case .nothing: return rested(waiting)
        case .records(let records):
            let mine = records.filter { current?.numbers.contains($0.partition.number) ?? false }
            return mine.isEmpty ? rested(waiting) : .records(mine)
        case .assigned(let assignment):
            whole = assignment
            return .assigned(assign(wishes.isEmpty ? assignment.numbers : wishes.removeFirst(), of: assignment))
        case .revoked(let assignment):
            whole = nil
            current = nil
            return .revoked(assignment)
        }
    }

    private func rested(_ waiting: Duration) -> Intake {
        clock?.advance(by: waiting)
        return .nothing
    }

    private func assign(_ numbers: Set<Int32>, of whole: Assignment) -> Assignment {
        generation += 1
        let assignment = Assignment(
            generation: generation, numbers: numbers.intersection(whole.numbers), partitionCount: whole.partitionCount)
        current = assignment
        lastGiven = assignment
        return assignment
    }

    package func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        try mortality.check()
        guard let whole, turn.assignment == lastGiven, turn.actsFor.isSubset(of: turn.assignment.numbers) else {
            throw LogFailure(.stop, code: "outside", detail: "the turn is outside its assignment")
        }
        switch plan.next() {
        case nil: return try inner.commit(translated(turn, to: whole))
        case .abort:
            try inner.rewind()
            return .aborted
        case .fence:
            mortality.die()
            throw LogFailure(.stop, code: "fenced", detail: "another process has taken over")
        case .unanswered:
            throw LogFailure(.retry, code: "unanswered", detail: "the log did not say whether the turn was committed")
        case .crashBefore:
            mortality.die()
            throw Mortality.killed
        case .crashAfter:
            _ = try inner.commit(translated(turn, to: whole))
            mortality.die()
            throw Mortality.killed
        }
    }

    /// The same turn in the assignment that the inner log knows of.
    private func translated(_ turn: Turn, to whole: Assignment) -> Turn {
        var same = Turn(in: whole)
        for (partition, offset) in turn.consumed {
            same.consume(
                IncomingRecord(
                    partition: partition, offset: Offset(offset.value - 1), key: nil, value: nil, timestamp: .zero))
        }
        for record in turn.produced {
            if record.topic == journal, let number = record.partition {
                same.journal(record, at: number)
            } else {
                same.produce(record)
            }
        }
        return same
    }

    package func rewind() throws(LogFailure) {
        try mortality.check()
        try inner.rewind()
    }

    @discardableResult
    package func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        try mortality.check()
        if failingReplays > 0 {
            failingReplays -= 1
            throw LogFailure(.retry, code: "replay", detail: "the test let this replay fail")
        }
        return losesJournal ? start : try inner.replay(partition, from: start, body)
    }
}
