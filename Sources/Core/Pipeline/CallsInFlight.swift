import Ports

/// The calls that were started and have not ended, each with what it is for. At most one of an id at a time.
struct CallsInFlight<Purpose> {
    private enum Answer {
        case wanted(Purpose)
        /// Nobody waits for it any more, but until the call ends its id stays taken.
        case unwanted
    }

    private let calls: any HTTPCalls
    private var answers: [CallID: Answer] = [:]

    init(_ calls: any HTTPCalls) { self.calls = calls }

    /// Everything that takes room, wanted or not.
    var count: Int { answers.count }
    var isEmpty: Bool { answers.isEmpty }

    /// What the wanted ones are for.
    var purposes: [Purpose] {
        answers.values.compactMap { answer in
            switch answer {
            case .wanted(let purpose): purpose
            case .unwanted: nil
            }
        }
    }

    func contains(_ call: CallID) -> Bool { answers[call] != nil }

    /// Whether a write would be let go, asked before its intent is written: an intent whose call is held back would be an
    /// attempt that never was.
    func mayStart(_ request: HTTPRequest, as call: CallID) -> Bool { calls.mayStart(request, as: call) }

    mutating func start(_ request: HTTPRequest, as call: CallID, for purpose: Purpose) {
        precondition(!contains(call), "a call is started again while it is in flight")
        answers[call] = .wanted(purpose)
        calls.start(request, as: call)
    }

    /// The wanted ones that ended, waiting at most so long for the first, and how many unwanted ones ended.
    mutating func finished(waiting: Duration) -> (wanted: [(Purpose, HTTPResult)], dropped: Int) {
        guard !isEmpty else { return ([], 0) }
        var wanted: [(Purpose, HTTPResult)] = []
        var dropped = 0
        for (call, result) in calls.finished(waiting: waiting) {
            switch answers.removeValue(forKey: call) {
            case .wanted(let purpose)?: wanted.append((purpose, result))
            case .unwanted?: dropped += 1
            case nil: break
            }
        }
        return (wanted, dropped)
    }

    /// Gives up the answers of these calls; the calls themselves go on until they end.
    mutating func abandon(where isUnwanted: (Purpose) -> Bool = { _ in true }) {
        for (call, answer) in answers {
            if case .wanted(let purpose) = answer, isUnwanted(purpose) { answers[call] = .unwanted }
        }
    }
}
