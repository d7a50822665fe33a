import Glibc
import Pipeline
import Ports

/// A stage that copies a topic, exactly once, and what that costs.
struct CopyRun {
    private var runner: StageRunner<CopyStage>
    private(set) var copied = 0

    /// Waits for the assignment, so that joining a group is no part of what is measured.
    init(on log: any TransactionalLog, to target: String, turn: Int, clock: @escaping () -> Timestamp) throws {
        var limits = StageRunner<CopyStage>.Limits()
        limits.records = turn
        // So that only the count bounds a turn: the baseline's turns have as many records.
        limits.bytes = 1 << 30
        let setting = RunnerSetting(deadLetters: "other", clock: clock)
        runner = StageRunner(CopyStage(target: target), name: "copy", on: log, in: setting, limits: limits)
        let end = ContinuousClock.now + .seconds(60)
        while try runner.step(waiting: .seconds(1)) != .reassigned {
            guard ContinuousClock.now < end else { preconditionFailure("nothing was assigned") }
        }
    }

    /// Goes on until so many records are copied.
    mutating func copy(upTo count: Int) throws {
        while copied < count {
            if case .committed(let records) = try runner.step(waiting: .seconds(1)) { copied += records }
        }
    }

    /// Prints records per second, and processor seconds per million, of copying so many records.
    mutating func printSpeed(of records: Int) throws {
        let start = ContinuousClock.now
        let before = Self.processorTime
        try copy(upTo: records)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let processor = (Self.processorTime - before) / .seconds(1)
        print(Int(Double(records) / seconds), processor * 1e6 / Double(records))
    }

    /// Of this process, all threads together.
    static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

/// Copies each record as it is.
private struct CopyStage: Stage {
    let target: String

    func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<IncomingRecord, Never> { .message(record) }

    func decide(_ input: StageInput<IncomingRecord>, memory: Void, row: Never?) -> Decision<Never> {
        guard case .message(let record, _) = input else { return .nothing }
        let target = target
        return Decision(outputs: [
            Draft { _ in
                OutgoingRecord(topic: target, key: record.key, value: record.value, headers: record.headers)
            }
        ])
    }
}
