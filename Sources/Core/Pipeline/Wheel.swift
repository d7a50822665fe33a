import Ports

/// A turn in the making: what the log will be asked to commit, and the memories as its inputs have left them so far.
/// Later inputs of the turn see them at once; nobody else does before the commit, and nobody at all without it.
struct OpenTurn<Memory> {
    fileprivate(set) var turn: Turn
    fileprivate(set) var changed: [Place: Memory] = [:]
    fileprivate var written: [Int32: Int] = [:]
    /// Of keys, values and headers, in and out.
    fileprivate(set) var bytes = 0
    fileprivate let begun: Timestamp
    /// Of the decisions in it: an aborted turn is decided again, and must not have counted.
    fileprivate var measures: [Measure] = []
    var counts = StageStatistics()

    mutating func reserve(_ count: Int) { turn.reserve(count) }

    @inline(__always)
    mutating func consume(_ record: IncomingRecord) {
        turn.consume(record)
        bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        counts.records += 1
    }

    @inline(__always)
    mutating func produce(_ record: consuming OutgoingRecord) {
        bytes += record.size
        turn.produce(record)
    }

    mutating func journal(_ record: OutgoingRecord, at number: Int32) {
        turn.journal(record, at: number)
        written[number, default: 0] += 1
        bytes += record.size
        counts.entries += 1
    }
}

/// A journal entry cannot go to the dead letters: without it the memory would be a lie. Its decision is void.
struct OversizedEntry: Error {
    let reason: String
    var failure: LogFailure { LogFailure(.stop, code: "journal-entry-too-large", detail: reason) }
}

/// What the three runners share: one log, the memories of one journal, and how decisions become a turn.
struct Wheel<Entry: Sendable, Memory> {
    let name: String
    let log: any TransactionalLog
    let clock: () -> Timestamp
    let seams: Seams
    private let letters: String
    private let digest: ((Bytes) -> String)?
    private let meters: Meters
    private let journal: Topic<Entry>?
    private let blank: Memory
    private let recall: (Entry, inout Memory) -> Void
    private let owner: (IncomingRecord) -> Bytes?
    private(set) var memories = Memories<Memory>()
    private(set) var assignment: Assignment?
    /// Gauges that say something of what is assigned.
    private var shown: Set<Measure> = []
    var statistics = StageStatistics()

    init(
        _ name: String, on log: any TransactionalLog, journal: Topic<Entry>?, blank: Memory,
        recall: @escaping (Entry, inout Memory) -> Void, owner: @escaping (IncomingRecord) -> Bytes? = { $0.key },
        in setting: RunnerSetting
    ) {
        self.name = name
        self.log = log
        self.journal = journal
        self.blank = blank
        self.recall = recall
        self.owner = owner
        clock = setting.clock
        seams = setting.seams
        letters = setting.deadLetters
        digest = setting.digest
        meters = setting.meters.adding([.loop: name])
    }
}

// Assignments.
extension Wheel {
    /// Folds the journals of what was assigned; only then is there an assignment to work in.
    mutating func take(_ assignment: Assignment) throws(LogFailure) {
        self.assignment = nil
        if let journal {
            for number in assignment.numbers.sorted() { try replay(Partition(journal.name, number), as: journal) }
        }
        self.assignment = assignment
        meters.tell(.partitions, .set(assignment.numbers.count))
        statistics.assignments += 1
    }

    private mutating func replay(_ partition: Partition, as journal: Topic<Entry>) throws(LogFailure) {
        let owner = owner
        let recall = recall
        statistics.replayed += try memories.replay(partition, from: log, blank: blank) {
            record, change throws(LogFailure) in
            let entry: Entry
            do throws(Unreadable) {
                entry = try journal.message(in: record)
            } catch {
                throw Self.unreadable(record, error.reason)
            }
            guard let key = owner(record) else { throw Self.unreadable(record, "it has no key") }
            change(key) { recall(entry, &$0) }
        }
    }

    /// A loop that guesses its past must not decide.
    private static func unreadable(_ record: IncomingRecord, _ reason: String) -> LogFailure {
        LogFailure(
            .stop, code: "journal-unreadable",
            detail:
                "\(record.partition)@\(record.offset) cannot be read: \(reason.printable(atMost: DeadLetter.reasonLimit))"
        )
    }

    /// The memories stay, together with how far they go. What the gauges show is for whoever is assigned next to say.
    mutating func release() {
        assignment = nil
        meters.tell(.partitions, .set(0))
        for measure in shown { meters.tell(measure) }
        shown = []
    }

    func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        let intake = try log.poll(atMost: count, waiting: waiting)
        if case .records(let records) = intake, let first = records.first, assignment == nil {
            throw LogFailure(
                .stop, code: "records-unassigned",
                detail: "\(first.partition)@\(first.offset) was polled while nothing was assigned")
        }
        return intake
    }

    mutating func forgetMemories() { memories.forget() }
}

// Turns.
extension Wheel {
    func open(in assignment: Assignment) -> OpenTurn<Memory> {
        OpenTurn(turn: Turn(in: assignment), begun: clock())
    }

    @inline(__always)
    func memory(of place: Place, in open: OpenTurn<Memory>) -> Memory { open.changed[place] ?? memory(of: place) }
    @inline(__always)
    func memory(of place: Place) -> Memory { journal == nil ? blank : memories[place] ?? blank }

    /// Puts a decision into the turn: entries to the place's journal partition and into its memory, outputs to their
    /// topics. The ordinals of one cause run on over all of it and are returned. All or nothing.
    @inline(__always) @discardableResult
    func apply(
        _ decision: Decision<Entry>, at place: Place, following cause: Cause, keepingKeys: Bool = false,
        to open: inout OpenTurn<Memory>
    ) throws(OversizedEntry) -> Cause {
        var cause = cause
        if !decision.entries.isEmpty {
            try journal(decision.entries, at: place, following: &cause, keepingKeys: keepingKeys, in: &open)
        }
        for draft in decision.outputs {
            produce(draft.record(following: cause), following: cause, in: &open)
            cause.ordinal += 1
        }
        if !decision.measures.isEmpty { open.measures += decision.measures }
        return cause
    }

    private func journal(
        _ decided: [Entry], at place: Place, following cause: inout Cause, keepingKeys: Bool,
        in open: inout OpenTurn<Memory>
    ) throws(OversizedEntry) {
        guard let journal else { preconditionFailure("a loop without a journal has entries") }
        var entries: [OutgoingRecord] = []
        for entry in decided {
            var record = journal.record(entry, following: cause)
            if !keepingKeys || record.key == nil { record.key = place.key }
            guard record.size <= log.recordLimit else {
                throw OversizedEntry(
                    reason: "an entry of \(record.size) bytes for \(journal.name), following \(cause.id), is more than "
                        + "the limit of \(log.recordLimit)")
            }
            entries.append(record)
            cause.ordinal += 1
        }
        for record in entries { open.journal(record, at: place.number) }
        // Taken out while it changes: a memory with two owners would be copied for every entry.
        var memory = open.changed.removeValue(forKey: place) ?? memory(of: place)
        for entry in decided { recall(entry, &memory) }
        open.changed[place] = memory
    }

    @inline(__always)
    private func produce(_ record: OutgoingRecord, following cause: Cause, in open: inout OpenTurn<Memory>) {
        precondition(record.topic != journal?.name, "what goes to a loop's journal is an entry")
        if record.size <= log.recordLimit {
            open.produce(record)
            open.counts.outputs += 1
        } else {
            let topic = record.topic
            setAside(
                DeadLetter(tooLarge: record, limit: log.recordLimit, following: cause, in: name), of: topic, in: &open)
        }
    }

    func setAside(_ record: IncomingRecord, _ reason: String, in open: inout OpenTurn<Memory>) {
        setAside(DeadLetter(record, reason: reason, in: name), of: record.partition.topic, in: &open)
    }

    private func setAside(_ letter: DeadLetter, of topic: String, in open: inout OpenTurn<Memory>) {
        open.produce(letter.record(for: letters, limit: log.recordLimit, digest: digest))
        open.counts.setAside += 1
        open.measures.append(Measure(.deadLetters, .one, [.topic: topic]))
    }

    /// Commits between its two seams, and only then believes what the turn made, and counts what its decisions
    /// measured. A turn with nothing in it is as good as committed.
    mutating func commit(_ open: OpenTurn<Memory>, as what: String) throws(LogFailure) -> TurnOutcome {
        if open.turn.isEmpty {
            tell(open)
            return .committed
        }
        seams.reached("\(name).commit.\(what).before")
        let outcome: TurnOutcome
        do {
            outcome = try log.commit(open.turn)
        } catch {
            // Whatever the log proposes: a turn without an answer is neither committed nor aborted, and going on
            // from here could skip its records or make its calls twice. A new process asks the journal.
            throw LogFailure(.stop, code: error.code, detail: error.detail)
        }
        seams.reached("\(name).commit.\(what).after")
        switch outcome {
        case .committed:
            memories.merge(open.changed, written: open.written)
            statistics += open.counts
            statistics.turns += 1
            statistics.longestTurn = max(statistics.longestTurn, clock() - open.begun)
            tell(open)
        case .aborted: statistics.aborted += 1
        }
        return outcome
    }

    private mutating func tell(_ open: OpenTurn<Memory>) {
        for measure in open.measures {
            if measure.metric.kind == .gauge { shown.insert(measure.gone) }
            meters.tell(measure)
        }
    }
}
