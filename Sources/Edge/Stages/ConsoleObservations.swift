import ActionLedger
import Investigation
import Pipeline
import Ports
import SentinelOne

/// What is known of a console right now, by having looked. Nothing here is journaled and nothing here is believed for
/// long: the gates look at when each fact was read.
struct ConsoleObservations {
    /// Why a call that only reads is under way.
    enum Purpose {
        case whoAmI
        case role(RoleID)
        case target(String)
        case threats(ActionID)
        case lastOrder(String)
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
    var threats: [ActionID: Observed<[String: ThreatFacts]>] = [:]
    var lastOrders: [String: Observed<LastOrder?>] = [:]
    /// The console asked to be left alone until then.
    var restsUntil = Timestamp.zero

    private struct Question {
        var call: CallID
        var purpose: Purpose
        /// Under way until it is answered.
        var isOpen: Bool
        /// When it may be asked again.
        var due: Timestamp
        /// How often in a row it brought nothing.
        var failures: Int
    }

    /// A time of looking at what an action needs, and how long to wait before the next one.
    private struct Round {
        var begun: Timestamp
        var pause: Duration
    }

    /// By name: what is under way, and what was answered last.
    private var questions: [String: Question] = [:]
    private var rounds: [ActionID: Round] = [:]
    private var token: Secret?
    /// How many tokens there were: an answer to one of them says nothing of another.
    private var tokens = 0

    private static let kept = 10_000
    private static let keptFor = Duration.seconds(600)
    /// What brought nothing is asked again after this, and each time after twice as long, up to the limit.
    private static let failurePause = Duration.seconds(5)
    private static let failurePauseLimit = Duration.seconds(300)

    /// The token that all calls use from now on. Who it is and what it may do has to be asked anew, and what was asked
    /// with another is not heard any more: an attempt must name the user that the console will record.
    mutating func use(_ token: Secret) {
        guard token != self.token else { return }
        self.token = token
        tokens += 1
        role = nil
        roleFailed = false
        roleReading = nil
        questions = [:]
        restsUntil = .zero
    }

    /// A question as an errand that keeps its id until it is answered; nil while it may not be asked again yet.
    mutating func ask(
        _ name: String, label: String, for purpose: Purpose, request: HTTPRequest, at now: Timestamp
    ) -> Errand<ConsoleLedgerEvent>? {
        let known = questions[name]
        if let known {
            if known.isOpen { return Errand(id: known.call, label: label, request: request) }
            if now < known.due { return nil }
        }
        forget(at: now)
        let call = CallID("\(name)@\(now)+\(tokens)")
        questions[name] = Question(
            call: call, purpose: purpose, isOpen: true, due: now, failures: known?.failures ?? 0)
        return Errand(id: call, label: label, request: request)
    }

    /// Also after it was answered, because an answer whose turn was aborted is concluded again.
    func purpose(of call: CallID) -> Purpose? {
        questions[Self.name(of: call)].flatMap { $0.call == call ? $0.purpose : nil }
    }

    /// The question is answered; the same one may be asked again after a pause.
    mutating func answered(_ call: CallID, again: Timestamp) {
        let name = Self.name(of: call)
        guard questions[name]?.call == call else { return }
        questions[name]?.isOpen = false
        questions[name]?.due = again
        questions[name]?.failures = 0
    }

    /// The question brought nothing: the same one again after a pause that grows, and nothing at all before the
    /// console wants to hear from us.
    mutating func failed(_ call: CallID, at now: Timestamp, retryAfter: Duration?) {
        if let retryAfter { restsUntil = max(restsUntil, now + retryAfter) }
        let name = Self.name(of: call)
        // Once per answer: one whose turn was aborted comes again.
        guard let question = questions[name], question.call == call, question.isOpen else { return }
        let doubled = Self.failurePause * Double(1 << min(question.failures, 10))
        questions[name]?.isOpen = false
        questions[name]?.due = now + min(doubled, Self.failurePauseLimit)
        questions[name]?.failures += 1
    }

    /// Whether what an action needs is looked at now. What is held by what was seen is looked at for a few seconds,
    /// so that its facts are fresh together, and then after a pause that grows.
    mutating func mayLook(for action: ActionID, isHeld: Bool, at now: Timestamp) -> Bool {
        guard isHeld else {
            rounds[action] = nil
            return true
        }
        guard let round = rounds[action] else {
            rounds[action] = Round(begun: now, pause: Self.failurePause)
            return true
        }
        if now - round.begun < Self.failurePause { return true }
        guard now - round.begun >= Self.failurePause + round.pause else { return false }
        rounds[action] = Round(begun: now, pause: min(round.pause * 2, Self.failurePauseLimit))
        return true
    }

    private static func name(of call: CallID) -> String {
        call.rawValue.lastIndex(of: "@").map { String(call.rawValue[..<$0]) } ?? call.rawValue
    }

    private mutating func forget(at now: Timestamp) {
        let horizon = now - Self.keptFor
        if questions.count > Self.kept { questions = questions.filter { $0.value.isOpen || $0.value.due > horizon } }
        if rounds.count > Self.kept { rounds = rounds.filter { $0.value.begun > horizon } }
        if targets.count > Self.kept { targets = targets.filter { $0.value.at > horizon } }
        if threats.count > Self.kept { threats = threats.filter { $0.value.at > horizon } }
        if lastOrders.count > Self.kept { lastOrders = lastOrders.filter { $0.value.at > horizon } }
    }
}
