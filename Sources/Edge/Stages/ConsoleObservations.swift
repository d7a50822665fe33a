import ActionLedger
import Investigation
import Pipeline
import Ports
import SentinelOne

/// What is known of a console right now, by having looked. Nothing here is journaled and nothing here is believed for
/// long: the gates look at when each fact was read.
struct ConsoleObservations {
    /// Why a call is under way.
    enum Purpose {
        case whoAmI
        case role(TokenFacts, RoleID)
        case target(String)
        case threats(CaseID)
        case lastOrder(String)
        case write(ActionID, attempt: Int)
        case inquiry(ActionID, attempt: Int)
        case report(ActionID, attempt: Int)
        case state(ActionID, attempt: Int)
    }

    var role: Observed<RoleFacts>?
    var roleFailed = false
    /// The permissions of the roles read so far, while the rest are being read.
    var roleReading: (token: TokenFacts, at: Timestamp, rest: [RoleID], granted: Set<Permission>?)?
    var clockOffset: Observed<Duration>?
    var targets: [String: Observed<TargetFacts?>] = [:]
    var threats: [CaseID: Observed<[String: ThreatFacts]>] = [:]
    var lastOrders: [String: Observed<LastOrder?>] = [:]
    /// Reports of an effect that were read, by action, while the endpoint's state is awaited.
    var effects: [ActionID: String] = [:]
    private struct Question {
        var call: CallID
        var purpose: Purpose
        /// Under way until it is answered.
        var isOpen: Bool
        /// When it may be asked again.
        var due: Timestamp
    }

    /// By name: what is under way, and what was answered last.
    private var questions: [String: Question] = [:]
    private static let questionsKept = 10_000

    /// A question as an errand that keeps its id until it is answered; nil while it may not be asked again yet.
    mutating func ask(
        _ name: String, label: String, for purpose: Purpose, request: HTTPRequest, at now: Timestamp
    ) -> Errand<ConsoleLedgerEvent>? {
        if let known = questions[name] {
            if known.isOpen { return Errand(id: known.call, label: label, request: request) }
            if now < known.due { return nil }
        }
        forgetLongAnswered(at: now)
        let call = CallID("\(name)@\(now)")
        questions[name] = Question(call: call, purpose: purpose, isOpen: true, due: now)
        return Errand(id: call, label: label, request: request)
    }

    /// A write is named by its attempt: the same attempt is the same errand for ever.
    mutating func attempt(
        _ action: ActionID, number: Int, label: String, request: HTTPRequest, intent: LedgerEvent, at now: Timestamp
    ) -> Errand<ConsoleLedgerEvent> {
        let call = CallID("\(action)!\(number)")
        questions[call.rawValue] = Question(
            call: call, purpose: .write(action, attempt: number), isOpen: true, due: .distantFuture)
        return Errand(id: call, label: label, request: request, intent: [.action(action, intent)])
    }

    /// Also after it was answered, because an answer whose turn was aborted is concluded again.
    func purpose(of call: CallID) -> Purpose? {
        let name = call.rawValue.lastIndex(of: "@").map { String(call.rawValue[..<$0]) } ?? call.rawValue
        let question = questions[name] ?? questions[call.rawValue]
        return question.flatMap { $0.call == call ? $0.purpose : nil }
    }

    /// The question is answered; the same one may be asked again after a pause.
    mutating func answered(_ call: CallID, again: Timestamp) {
        let name = call.rawValue.lastIndex(of: "@").map { String(call.rawValue[..<$0]) } ?? call.rawValue
        guard questions[name]?.call == call else { return }
        questions[name]?.isOpen = false
        questions[name]?.due = again
    }

    private mutating func forgetLongAnswered(at now: Timestamp) {
        guard questions.count > Self.questionsKept else { return }
        questions = questions.filter { $0.value.isOpen || $0.value.due > now - .seconds(600) }
    }
}
