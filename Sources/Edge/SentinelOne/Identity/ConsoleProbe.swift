package import Ports

/// Finds out about one console and one token by reading: names the calls to make, takes their results, and says at any
/// time what is known. Pure: it never sends, and the token is in nothing that it says.
package struct ConsoleProbe: Sendable {
    package enum Question: Hashable, Sendable, CustomStringConvertible {
        case health, life, version, expiry, holder, accounts
        case role(RoleID)
        case stream(VendorStream)

        /// Names it among the calls of one probe.
        package var description: String {
            switch self {
            case .health: "health"
            case .life: "life"
            case .version: "version"
            case .expiry: "expiry"
            case .holder: "holder"
            case .accounts: "accounts"
            case .role(let id): "role/\(id)"
            case .stream(let stream): "stream/\(stream)"
            }
        }
    }

    package struct Call: Sendable {
        package let question: Question
        package let request: HTTPRequest
    }

    typealias Outcome<Value> = Result<Value, ReadProblem>

    /// More than any token has: what names more is not followed.
    static let roleLimit = 20

    let console: Console
    let use: TokenUse
    let streams: [VendorStream]

    private var asked: Set<Question> = []
    private(set) var answered: Set<Question> = []
    private(set) var health: Outcome<SystemHealth>?
    private(set) var life: Outcome<AuthCheck>?
    private(set) var version: Outcome<SystemInfo>?
    private(set) var expiry: Outcome<TokenDetails>?
    private(set) var holder: Outcome<TokenFacts>?
    private(set) var accounts: Outcome<Page>?
    private(set) var roles: [RoleID: Outcome<PermissionSet>] = [:]
    private(set) var lists: [VendorStream: Outcome<Page>] = [:]
    private(set) var clock = ClockComparison()

    /// `streams`: the lists to ask for one row, where not all that the token is used for.
    package init(_ console: Console, use: TokenUse, streams: [VendorStream]? = nil) {
        self.console = console
        self.use = use
        self.streams = streams ?? use.streams
    }

    /// The calls that are due now, each named once in the life of a probe. Any number may be in flight.
    package mutating func next() -> [Call] {
        questions.filter { asked.insert($0).inserted }.map { Call(question: $0, request: request(for: $0)) }
    }

    /// Whether there is nothing left to ask and every answer came.
    package var isOver: Bool { questions.allSatisfy(answered.contains) }

    /// How many calls it takes, as far as is known, and how many have ended.
    package var progress: (ended: Int, of: Int) { (answered.count, max(questions.count, asked.count)) }

    /// First whether there is a console and whether it takes the token; a dead token is shown to no other route.
    private var questions: [Question] {
        var due: [Question] = [.health, .life, .version, .expiry]
        guard life != nil, version != nil, isAccepted else { return due }
        due += [.holder] + streams.map { .stream($0) }
        switch holder {
        case .success(let facts): due += facts.roleIDs.prefix(Self.roleLimit).map { .role($0) }
        case .failure: due.append(.accounts)
        case nil: break
        }
        return due
    }

    /// Whether it is worth the while to go on with this token: it is shown neither to a console that refuses it nor to
    /// something that does not answer as a console does.
    private var isAccepted: Bool {
        let problems = [life?.problem, version?.problem]
        // Two routes, so that one that mixes up 401 and 403 does not bury a token.
        let turnedAway = problems.compactMap { $0 }.filter { $0.kind == .unauthenticated || $0.isStrange }
        return turnedAway.count < problems.count
    }

    private func request(for question: Question) -> HTTPRequest {
        switch question {
        case .health: console.systemStatus()
        case .life: console.viewerCheck()
        case .version: console.systemInfo()
        case .expiry: console.tokenDetails()
        case .holder: console.user()
        case .accounts: console.list(Query<Accounts>(limit: 1))
        case .role(let id): console.role(id)
        case .stream(let stream): console.oneRow(of: stream)
        }
    }

    /// Takes the result of a call that `next` named, with our times of sending and receiving. A second one is ignored.
    package mutating func took(
        _ result: HTTPResult, of question: Question, sentAt: Timestamp, receivedAt: Timestamp
    ) {
        guard asked.contains(question), answered.insert(question).inserted else { return }
        // What stands between us and the console speaks with a clock of its own.
        if case .success(let answer) = result, answer.status < 500, let date = answer.date {
            clock.note(date, sentAt: sentAt, receivedAt: receivedAt)
        }
        let request = request(for: question)
        switch question {
        case .health:
            health = outcome(request) { console throws(ReadProblem) in try SystemHealth(result, from: console) }
        case .life: life = outcome(request) { console throws(ReadProblem) in try AuthCheck(result, from: console) }
        case .version:
            version = outcome(request) { console throws(ReadProblem) in try SystemInfo(result, from: console) }
        case .expiry:
            expiry = outcome(request) { console throws(ReadProblem) in try TokenDetails(result, from: console) }
        case .holder: holder = outcome(request) { console throws(ReadProblem) in try TokenFacts(result, from: console) }
        case .accounts:
            accounts = outcome(request) { console throws(ReadProblem) in
                try Page(result, of: .accounts, from: console)
            }
        case .role(let id):
            roles[id] = outcome(request) { console throws(ReadProblem) in try PermissionSet(result, from: console) }
        case .stream(let stream):
            lists[stream] = outcome(request) { console throws(ReadProblem) in
                try Page(result, of: stream, from: console)
            }
        }
    }

    /// A refusal is read as what it means on its route: some say 401 and mean a permission.
    private func outcome<Value>(
        _ request: HTTPRequest, _ read: (Console) throws(ReadProblem) -> Value
    ) -> Outcome<Value> {
        do throws(ReadProblem) {
            return .success(try read(console))
        } catch {
            return .failure(error.answering(request))
        }
    }
}

extension Result where Failure == ReadProblem {
    var problem: ReadProblem? {
        switch self {
        case .success: nil
        case .failure(let problem): problem
        }
    }
}

extension ReadProblem {
    /// Whether nobody answered.
    var isDistant: Bool { kind == .unreachable }

    /// Whether it was not the console that answered, or not a route that every console has.
    var isStrange: Bool { isDistant || kind == .absent || kind == .unintelligible }
}

extension Console {
    /// Enough to learn whether a list may be read at all.
    fileprivate func oneRow(of stream: VendorStream) -> HTTPRequest {
        switch stream {
        case .threats: list(Query<Threats>(limit: 1, counting: false))
        case .alerts: list(Query<Alerts>(limit: 1, counting: false))
        case .activities: list(Query<Activities>(limit: 1, counting: false))
        case .agents: list(Query<Agents>(limit: 1, counting: false))
        case .groups: list(Query<Groups>(limit: 1, counting: false))
        case .sites: list(Query<Sites>(limit: 1, counting: false))
        case .accounts: list(Query<Accounts>(limit: 1, counting: false))
        case .rules: list(Query<Rules>(limit: 1, counting: false))
        case .tags: list(Query<Tags>(limit: 1, counting: false))
        case .roles: list(Query<Roles>(limit: 1, counting: false))
        case .timeline, .notes, .events: preconditionFailure("\(stream) are of one threat, and no list to ask for")
        }
    }
}
