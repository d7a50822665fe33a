import LocalLog
import Pipeline
import PipelineTesting
import Ports

/// Topics whose messages are plain text, and whose records carry the id that their cause gave them.
enum Toy {
    static let prefix = "unreadable"

    static func topic(_ name: String, key: Bytes? = nil) -> Topic<String> {
        Topic(name) { text, cause in
            OutgoingRecord(
                topic: name, key: key, value: Bytes(text), headers: Headers([("ce_id", "\(cause.id)#\(cause.ordinal)")])
            )
        } decode: { record throws(Unreadable) in
            guard let text = record.value?.text, !text.hasPrefix(prefix) else { throw Unreadable("no text of ours") }
            return text
        }
    }

    static func request(_ path: String, deadline: Duration = .seconds(3)) -> HTTPRequest {
        HTTPRequest(.get, HTTPOrigin(.http, host: "console.example", port: 80), path: path, deadline: deadline)
    }
}

/// A log in memory that outlives the programs on it, and what an outside reader sees of it.
final class Bench {
    static let partitions: Int32 = 3
    let clock = ScriptedClock()
    let store: LocalStore
    let journal: String
    let counted = Counted()

    init(_ topics: [String], journal: String, recordLimit: Int = 1 << 20) throws {
        var limits = LocalStore.Limits()
        limits.record = recordLimit
        self.journal = journal
        let now = clock.now
        store = try LocalStore(
            .memory,
            topics: (topics + [journal, "dead.letters"]).map {
                TopicDeclaration($0, partitions: Self.partitions, kind: $0 == journal ? .journal : .events)
            }, limits: limits, now: { now })
    }

    func append(_ topic: String, _ key: String?, _ value: String?, at number: Int32? = nil) throws {
        let key = key.map { Bytes($0) }
        let record = OutgoingRecord(
            topic: topic, partition: number ?? (key == nil ? 0 : nil), key: key, value: value.map { Bytes($0) })
        try store.appender().append([record])
    }

    func log(
        reading sources: [String], plan: ScriptedLog.Plan = .init(), mortality: Mortality = Mortality()
    ) throws(LogFailure) -> ScriptedLog {
        ScriptedLog(
            try store.member(of: "toy", reading: sources, journal: journal), journal: journal, plan: plan,
            mortality: mortality, clock: clock)
    }

    func setting(_ mortality: Mortality = Mortality()) -> RunnerSetting {
        let clock = clock
        return RunnerSetting(
            deadLetters: "dead.letters", clock: { clock.now }, seams: mortality.seams, meters: counted.meters)
    }

    /// Per partition and key: value and id of every committed record, as anybody else sees them.
    func committed(_ topic: String) throws -> [String: [String]] {
        var seen: [String: [String]] = [:]
        for record in try records(topic) {
            let key = "\(record.partition.number)/\(record.key?.text ?? "-")"
            seen[key, default: []].append("\(record.value?.text ?? "nil") \(record.headers["ce_id"] ?? "-")")
        }
        return seen
    }

    func records(_ topic: String) throws -> [IncomingRecord] {
        let tail = try store.tail(of: [topic], from: .start)
        var records: [IncomingRecord] = []
        while true {
            let batch = try tail.next(atMost: 1_000, waiting: .zero)
            records += batch.records
            if batch.reachedEnd { return records }
        }
    }

    func place(_ key: String) -> Place {
        Place(Partitioner.partition(of: Bytes(key), among: Self.partitions), Bytes(key))
    }
}

/// The answer that a body of this text is.
func text(of result: HTTPResult) -> String? {
    switch result {
    case .success(let answer): answer.body.text
    case .failure: nil
    }
}
