package import Ports

/// Effects: drives one performer on one log, on the thread of whoever calls `step`.
///
/// A call with an intent changes the world, so the order is everything: the intent is committed, the performer looks
/// once more, the call starts, and its outcome is committed in a later turn. A turn that was undone takes its intents
/// with it, and their calls never start. An outcome is kept until a turn with it was committed. After a crash the
/// journal holds an attempt without an outcome, and it is the performer who asks what became of it.
///
/// A step: poll, refresh, then decide on records, outcomes and time on an overlay, commit all of it as one `Turn`,
/// and start what may start. The performer refreshes after the poll, so that however long that waited, the decisions
/// rest on tails just read.
package struct EffectRunner<P: Performer> {
    package struct Limits: Sendable {
        /// Calls in flight, over all keys. An intent is committed only when its call has room to start at once.
        package var calls = 16
        package var records = 1_000
        /// Of keys, values and headers, in and out, in one turn.
        package var bytes = 16 << 20
        /// How much longer than a call's deadline its answer is waited for when its partition goes away.
        package var grace = Duration.seconds(5)
        package init() {}
    }

    fileprivate struct Deed {
        let errand: Errand<P.Entry>
        let place: Place

        var isWrite: Bool { !errand.intent.isEmpty }
        /// What follows from the call comes behind what its intent was.
        func cause(at moment: Timestamp) -> Cause {
            Cause(id: errand.id.rawValue, at: moment, ordinal: errand.intent.count)
        }
    }

    /// What a call came to, or why it was not made after all, until a turn with it is committed.
    fileprivate struct Outcome {
        enum Ending {
            case answered(HTTPResult)
            case notMade(Decision<P.Entry>)
        }
        let deed: Deed
        let ending: Ending
        let at: Timestamp
    }

    private static var answerPatience: Duration { .milliseconds(50) }
    /// What time alone makes due (an approval that expires, a doubtful call to ask about) is noticed this soon.
    private static var longestWait: Duration { .seconds(1) }
    /// The outcomes of a partition that goes away are committed, or after so many aborted turns left to an inquiry.
    private static var farewells: Int { 3 }

    private var performer: P
    private let limits: Limits
    private var wheel: Wheel<P.Entry, P.Memory>
    private var calls: CallsInFlight<Deed>
    private var outcomes: [Outcome] = []
    private var backlog: ArraySlice<IncomingRecord> = []
    private var arriving: Assignment?
    /// Where the round of places begins, so that the last ones get their share of the room.
    private var round = 0

    package init(
        _ performer: P, name: String, on log: any TransactionalLog, calls: any HTTPCalls, in setting: RunnerSetting,
        limits: Limits = Limits()
    ) {
        self.performer = performer
        self.limits = limits
        wheel = Wheel(
            name, on: log, journal: performer.journal, blank: performer.blank,
            recall: { performer.recall($0, into: &$1) }, in: setting)
        self.calls = CallsInFlight(calls)
    }

    /// What happened since the last call.
    package mutating func takeStatistics() -> StageStatistics {
        defer { wheel.statistics = StageStatistics() }
        return wheel.statistics
    }

    /// The memory of a place as the committed turns left it.
    package func memory(of place: Place) -> P.Memory { wheel.memory(of: place) }

    /// One turn at most, waiting at most so long for something to do. A `retry` may be called again; after any other
    /// failure this runner is done.
    package mutating func step(waiting: Duration) throws(LogFailure) -> Progress {
        if let arriving { return try take(arriving) }
        if backlog.isEmpty {
            let isBusy = !calls.isEmpty || !outcomes.isEmpty
            switch try wheel.poll(
                atMost: limits.records, waiting: isBusy ? .zero : min(waiting, Self.longestWait))
            {
            case .nothing: break
            case .records(let records): backlog = records[...]
            case .assigned(let assignment): return try take(assignment)
            case .revoked:
                try finish()
                return .reassigned
            }
        }
        guard let assignment = wheel.assignment else { return .idle }
        collectOutcomes(waiting: backlog.isEmpty && outcomes.isEmpty ? min(waiting, Self.answerPatience) : .zero)
        try performer.refresh(at: wheel.clock())
        return try turn(in: assignment)
    }

    /// Gives up the assignment, also before the program ends: starts nothing more, waits for the calls that are in
    /// flight until their deadlines and a grace are over, and commits what came of them. There is nothing to step
    /// afterwards until the log assigns again.
    package mutating func finish() throws(LogFailure) {
        defer { release() }
        guard let assignment = wheel.assignment else { return }
        calls.abandon { !$0.isWrite }
        waitForCalls()
        for _ in 0..<Self.farewells where !outcomes.isEmpty {
            var open = wheel.open(in: assignment)
            try conclude(in: &open)
            if try wheel.commit(open, as: "outcome") == .aborted { continue }
            outcomes = []
        }
    }
}

// Assignments.
extension EffectRunner {
    private mutating func take(_ assignment: Assignment) throws(LogFailure) -> Progress {
        release()
        arriving = assignment
        try wheel.take(assignment)
        arriving = nil
        return .reassigned
    }

    /// Memories stay. A call still in flight has its intent in the journal: whoever reads that will ask.
    private mutating func release() {
        wheel.release()
        wheel.statistics.dropped += outcomes.count
        calls.abandon()
        outcomes = []
        backlog = []
    }

    private mutating func waitForCalls() {
        let longest = calls.purposes.map(\.errand.request.deadline).max() ?? .zero
        let end = wheel.clock() + longest + limits.grace
        // Counted as well as timed: a clock that stands still or is set back must not hold the partition for ever.
        var looks = (longest + limits.grace) / Self.answerPatience + Double(calls.count)
        while !calls.purposes.isEmpty, wheel.clock() < end, looks > 0 {
            collectOutcomes(waiting: Self.answerPatience)
            looks -= 1
        }
    }
}

// Turns.
extension EffectRunner {
    private mutating func collectOutcomes(waiting: Duration) {
        let (ended, dropped) = calls.finished(waiting: waiting)
        let now = wheel.clock()
        for (deed, result) in ended {
            wheel.seams.reached("\(wheel.name).call.\(deed.errand.label).after")
            outcomes.append(Outcome(deed: deed, ending: .answered(result), at: now))
        }
        wheel.statistics.dropped += dropped
    }

    private mutating func turn(in assignment: Assignment) throws(LogFailure) -> Progress {
        var open = wheel.open(in: assignment)
        let concludesWrite = outcomes.contains { $0.deed.isWrite }
        try conclude(in: &open)
        decide(in: &open)
        let deeds = try wishes(in: &open, assignment)
        let what =
            deeds.contains(where: \.isWrite)
            ? "intent" : concludesWrite ? "outcome" : open.counts.records > 0 ? "request" : "note"
        guard try wheel.commit(open, as: what) == .committed else {
            // The intents are gone with the turn, and so are their calls. The outcomes stay.
            backlog = []
            return .aborted
        }
        outcomes = []
        for deed in deeds { start(deed) }
        return open.turn.isEmpty ? .idle : .committed(records: open.counts.records)
    }

    private mutating func conclude(in open: inout OpenTurn<P.Memory>) throws(LogFailure) {
        for outcome in outcomes {
            let deed = outcome.deed
            let decision =
                switch outcome.ending {
                case .notMade(let decision): decision
                case .answered(let result):
                    performer.conclude(
                        deed.errand, result, for: deed.place.key, memory: wheel.memory(of: deed.place, in: open),
                        at: outcome.at)
                }
            try apply(decision, at: deed.place, following: deed.cause(at: outcome.at), to: &open)
            open.counts.answers += 1
        }
    }

    private mutating func decide(in open: inout OpenTurn<P.Memory>) {
        let now = wheel.clock()
        while open.bytes < limits.bytes, let record = backlog.popFirst() {
            open.consume(record)
            do throws(Unreadable) {
                guard let message = try performer.read(record) else {
                    open.counts.notMine += 1
                    continue
                }
                try decide(on: message, from: record, at: now, in: &open)
            } catch {
                wheel.setAside(record, error.reason, in: &open)
            }
        }
    }

    private mutating func decide(
        on message: P.Message, from record: IncomingRecord, at now: Timestamp, in open: inout OpenTurn<P.Memory>
    ) throws(Unreadable) {
        guard let key = record.key else { throw Unreadable("it has no key") }
        let number = Partitioner.partition(of: key, among: open.turn.assignment.partitionCount)
        // Under two numbers a key would have two owners, each with half of its history.
        guard number == record.partition.number else { throw Unreadable("its key belongs to partition \(number)") }
        let place = Place(number, key)
        let decision = performer.decide(message, for: key, memory: wheel.memory(of: place, in: open), at: now)
        precondition(decision.asks.isEmpty, "a performer asks by its errands")
        do throws(OversizedEntry) {
            try wheel.apply(decision, at: place, following: Cause(record, decidedAt: now), to: &open)
        } catch {
            throw Unreadable(error.reason)
        }
    }

    /// What time alone decides, and the calls that are due, their intents already in the turn. Only as many as can
    /// start at once: an intent must not grow old waiting for room.
    private mutating func wishes(
        in open: inout OpenTurn<P.Memory>, _ assignment: Assignment
    ) throws(LogFailure) -> [Deed] {
        let places = places(in: open, assignment)
        guard !places.isEmpty else { return [] }
        round = (round + 1) % places.count
        let now = wheel.clock()
        var deeds: [Deed] = []
        var ids: Set<CallID> = []
        for place in places[round...] + places[..<round] {
            let lapse = performer.lapses(for: place.key, memory: wheel.memory(of: place, in: open), at: now)
            let moment = Cause(id: "\(wheel.name).lapse/\(place)@\(now)", at: now)
            try apply(lapse, at: place, following: moment, to: &open)
            for errand in performer.errands(for: place.key, memory: wheel.memory(of: place, in: open), at: now) {
                guard calls.count + deeds.count < limits.calls else { break }
                guard !calls.contains(errand.id), ids.insert(errand.id).inserted else { continue }
                guard errand.intent.isEmpty || calls.mayStart(errand.request, as: errand.id) else { continue }
                let cause = Cause(id: errand.id.rawValue, at: now)
                try apply(Decision(entries: errand.intent), at: place, following: cause, to: &open)
                deeds.append(Deed(errand: errand, place: place))
            }
        }
        return deeds
    }

    /// Every place that may want something: with a memory, named by the performer, or just heard of.
    private func places(in open: OpenTurn<P.Memory>, _ assignment: Assignment) -> [Place] {
        var places = Set(open.changed.keys)
        for number in assignment.numbers { places.formUnion(wheel.memories.places(in: number)) }
        for key in performer.keys where assignment.owns(key) {
            places.insert(Place(Partitioner.partition(of: key, among: assignment.partitionCount), key))
        }
        return places.sorted()
    }

    /// The only line in Docket after which the world may have changed. A write comes here when its intent was
    /// committed, and then is looked at once more, by a clock read just now.
    private mutating func start(_ deed: Deed) {
        let now = wheel.clock()
        let memory = wheel.memory(of: deed.place)
        if deed.isWrite, let decision = performer.lastLook(deed.errand, for: deed.place.key, memory: memory, at: now) {
            outcomes.append(Outcome(deed: deed, ending: .notMade(decision), at: now))
            wheel.statistics.refused += 1
            return
        }
        wheel.seams.reached("\(wheel.name).call.\(deed.errand.label).before")
        calls.start(deed.errand.request, as: deed.errand.id, for: deed)
        wheel.seams.reached("\(wheel.name).call.\(deed.errand.label).started")
        wheel.statistics.calls += 1
    }

    private func apply(
        _ decision: Decision<P.Entry>, at place: Place, following cause: Cause, to open: inout OpenTurn<P.Memory>
    ) throws(LogFailure) {
        precondition(decision.asks.isEmpty, "a performer asks by its errands")
        do throws(OversizedEntry) {
            try wheel.apply(decision, at: place, following: cause, to: &open)
        } catch {
            throw error.failure
        }
    }
}
