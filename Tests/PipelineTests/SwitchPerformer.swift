import Pipeline
import PipelineTesting
import Ports

/// Throws switches: `throw lamp` is asked for on a console's topic, tried until it is done, and inquired about when
/// the outcome of a try is not known.
struct SwitchPerformer: Performer {
    enum State: Equatable, Sendable {
        /// Which try would be next.
        case wanted(Int)
        case tried(Int, at: Timestamp)
        case unknown(Int)
        case done
    }

    static let deadline = Duration.seconds(3)
    static let grace = Duration.seconds(1)

    let blank: [String: State] = [:]
    let journal: Topic<String> = Toy.topic("ledger")
    let keys: [Bytes] = []
    /// Whether a try is not made at the last moment.
    var veto: (_ switchName: String, _ attempt: Int) -> Bool = { _, _ in false }
    /// Whether the tails cannot be read now.
    var isStale: () -> Bool = { false }

    func read(_ record: IncomingRecord) throws(Unreadable) -> String? {
        let words = try Toy.topic("wishes").message(in: record).split(separator: " ").map(String.init)
        return words.first == "throw" ? words[1] : nil
    }

    mutating func decide(_ message: String, for key: Bytes, memory: [String: State], at now: Timestamp)
        -> Decision<String>
    {
        memory[message] == nil ? Decision(entries: ["wanted \(message) 1"]) : .nothing
    }

    func recall(_ entry: String, into memory: inout [String: State]) {
        let words = entry.split(separator: " ").map(String.init)
        let attempt = Int(words[2]) ?? 0
        switch words[0] {
        case "wanted": memory[words[1]] = .wanted(attempt)
        case "tried": memory[words[1]] = .tried(attempt, at: Timestamp(microseconds: Int64(words[3]) ?? 0))
        case "unknown": memory[words[1]] = .unknown(attempt)
        default: memory[words[1]] = .done
        }
    }

    mutating func refresh(at now: Timestamp) throws(LogFailure) {
        if isStale() { throw LogFailure(.retry, code: "stale", detail: "the tails cannot be read") }
    }

    mutating func lapses(for key: Bytes, memory: [String: State], at now: Timestamp) -> Decision<String> {
        Decision(entries: memory.filter { $0.value == .wanted(9) }.map { "gaveUp \($0.key) 8" }.sorted())
    }

    mutating func errands(for key: Bytes, memory: [String: State], at now: Timestamp) -> [Errand<String>] {
        memory.sorted { $0.key < $1.key }.compactMap { name, state in
            switch state {
            case .wanted(let attempt):
                errand(name, attempt, "throw", intent: ["tried \(name) \(attempt) \(now.microseconds)"])
            case .tried(let attempt, let moment):
                moment + Self.deadline + Self.grace < now ? errand(name, attempt, "inquire") : nil
            case .unknown(let attempt): errand(name, attempt, "inquire")
            case .done: nil
            }
        }
    }

    private func errand(_ name: String, _ attempt: Int, _ label: String, intent: [String] = []) -> Errand<String> {
        Errand(
            id: CallID("\(name)/\(attempt)/\(label)"), label: label,
            request: Toy.request("/\(name)/\(attempt)/\(label)", deadline: Self.deadline), intent: intent)
    }

    mutating func lastLook(_ errand: Errand<String>, for key: Bytes, memory: [String: State], at now: Timestamp)
        -> Decision<String>?
    {
        let (name, attempt) = parts(errand)
        return veto(name, attempt) ? Decision(entries: ["wanted \(name) \(attempt + 1)"]) : nil
    }

    mutating func conclude(
        _ errand: Errand<String>, _ result: HTTPResult, for key: Bytes, memory: [String: State], at now: Timestamp
    ) -> Decision<String> {
        let (name, attempt) = parts(errand)
        let isThrow = errand.label == "throw"
        switch result {
        case .success(let answer) where isThrow || answer.body == "yes":
            return Decision(
                entries: ["done \(name) \(attempt)"], outputs: [Toy.topic("settled", key: key).draft(name)],
                measures: [Measure(.consoleCalls, .one, [.console: "toy", .outcome: "done"])])
        case .failure(let failure) where isThrow && failure.delivery == .mayHaveArrived:
            return Decision(entries: ["unknown \(name) \(attempt)"])
        // A failed inquiry proves nothing.
        case .failure where !isThrow: return .nothing
        case .success, .failure: return Decision(entries: ["wanted \(name) \(attempt + 1)"])
        }
    }

    private func parts(_ errand: Errand<String>) -> (String, Int) {
        let words = errand.id.rawValue.split(separator: "/").map(String.init)
        return (words[0], Int(words[1]) ?? 0)
    }
}

/// What can go wrong with a call that changes the world.
enum Mishap: CaseIterable {
    case none
    /// It was done, and nobody said so.
    case lostReply
    /// It was sent, never arrived, and nobody can tell.
    case lostRequest
    case notSent
}

/// The world with its switches, which counts what is really done to it and holds every call against the journal.
final class SwitchWorld {
    private(set) var thrown: [String: Int] = [:]
    private(set) var calls: [String: Int] = [:]
    private(set) var inquiries = 0
    /// Calls whose intent nobody could read in the journal at the moment when they were made.
    private(set) var unannounced: [String] = []
    /// How the first calls go wrong, in turn; later ones do not.
    var mishaps: [Mishap]
    var looks = 0
    let bench: Bench

    init(_ mishaps: [Mishap] = []) throws {
        self.mishaps = mishaps
        bench = try Bench(["wishes", "settled"], journal: "ledger")
    }

    func serve(_ request: HTTPRequest) -> ScriptedCalls.Reply {
        let words = request.path.split(separator: "/").map(String.init)
        if words[2] == "inquire" {
            inquiries += 1
            return .ok(thrown[words[0]] == nil ? "no" : "yes", after: looks)
        }
        return throwSwitch(words[0], words[1])
    }

    private func throwSwitch(_ name: String, _ attempt: String) -> ScriptedCalls.Reply {
        let announced =
            (try? bench.records("ledger").contains {
                $0.value?.text?.hasPrefix("tried \(name) \(attempt) ") ?? false
            }) ?? false
        if !announced { unannounced.append("\(name)/\(attempt)") }
        calls["\(name)/\(attempt)", default: 0] += 1
        let mishap = mishaps.isEmpty ? .none : mishaps.removeFirst()
        switch mishap {
        case .none, .lostReply: thrown[name, default: 0] += 1
        case .lostRequest, .notSent: break
        }
        switch mishap {
        case .none: return .ok("yes", after: looks)
        case .lostReply, .lostRequest: return .lost()
        case .notSent: return .lost(.notSent)
        }
    }
}
