package import Ports

/// A small SentinelOne console as a value: its whole state, driven by requests and the times they come at.
///
/// It shows the streams a client reads, carries out isolation and release with their delays and traces, fails on demand,
/// and keeps the truth about every state-changing call for whoever asks on the control side (`controlAnswer`). What it
/// does not imitate it refuses by name. Two consoles with equal settings and requests give equal answers.
package struct SimulatedConsole: Sendable {
    let settings: SimulatedConsoleSettings
    let cast: Cast
    var people: [Person]
    var fleet: Fleet
    var threats: Threats
    var activities: Activities
    var alerts: [Alert] = []
    var agenda = Agenda<Happening>()
    /// The newest isolation or release of each endpoint that is still on its way.
    var orders: [Int: Int] = [:]
    var faults: [Fault] = []
    var effects: [Effect] = []
    var shown = Shown()
    var remembered = Remembered()
    /// The programme's incidents, and how many detections came beside them.
    var chronicles: [Chronicle] = []
    var loneDetections = 0
    var notes = Notes()
    var queries = Queries()
    /// What the operation that is being served adds to its answer's header.
    var answerHeaders: [(name: String, value: String)] = []
    var calls: [String: Int] = [:]
    private var requests = 0
    var now: Timestamp

    package init(_ settings: SimulatedConsoleSettings) {
        self.settings = settings
        cast = Cast(settings)
        people = Person.all(seed: settings.seed, cast.numbering)
        fleet = Fleet(settings, cast)
        let history = History(settings, cast)
        threats = Threats(history: history)
        activities = Activities(history: history)
        now = settings.start
        cue(settings.stories)
        expectDetection()
    }

    /// May read everything, change nothing.
    package var viewerToken: Secret { people[0].token ?? Secret("") }
    /// May also isolate and release.
    package var responderToken: Secret { people[1].token ?? Secret("") }
    /// As the responder's, of another user: what a rotation brings.
    package var successorToken: Secret { people[3].token ?? Secret("") }

    /// Answers as the console would at that time. Time never runs backwards: an earlier one counts as the last one.
    package mutating func answer(_ request: ServedRequest, at moment: Timestamp) -> Reply {
        advance(to: moment)
        requests += 1
        switch Operation.match(request) {
        case .none: return Reply(.answer(plain("404 page not found\n", status: 404)))
        case .otherMethod: return Reply(.answer(answer(Refusal.wrongMethod(request.method))))
        case .operation(let operation, let parts): return reply(to: request, operation, parts)
        }
    }

    private mutating func reply(to request: ServedRequest, _ operation: Operation, _ parts: [String]) -> Reply {
        calls[operation.name, default: 0] += 1
        let fault = takeFault(for: operation.name)
        switch fault?.kind {
        case .loseRequest: return Reply(.lost)
        case .status(let status):
            noteRefused(operation, request, status: status)
            return Reply(.answer(answer(Refusal.fault(status))))
        case .loseReply:
            _ = result(of: request, operation, parts, fault)
            return Reply(.lost)
        case .statusAfterEffect(let status):
            _ = result(of: request, operation, parts, fault)
            return Reply(.answer(answer(Refusal.fault(status))))
        case .slow:
            return Reply(.answer(result(of: request, operation, parts, fault)), delay: fault?.delay ?? .seconds(1))
        case .effectLate, nil: return Reply(.answer(result(of: request, operation, parts, fault)))
        }
    }

    private mutating func result(
        of request: ServedRequest, _ operation: Operation, _ parts: [String], _ fault: Fault?
    ) -> HTTPAnswer {
        do throws(Refusal) {
            let caller = try admitted(request, to: operation)
            let call = Call(request: request, operation: operation, parts: parts, caller: caller, fault: fault)
            answerHeaders = []
            let body = try operation.serve(&self, call)
            return HTTPAnswer(status: 200, headers: headers("application/json") + answerHeaders, body: body)
        } catch {
            noteRefused(operation, request, status: error.status)
            return answer(error)
        }
    }

    /// Who calls, if that one may.
    private func admitted(_ request: ServedRequest, to operation: Operation) throws(Refusal) -> Person {
        switch operation.need {
        case .nothing: return caller(of: request) ?? .nobody
        case .token:
            guard let caller = caller(of: request) else { throw .authenticationFailed }
            return caller
        case .permission(let permission):
            guard let caller = caller(of: request) else { throw .authenticationFailed }
            guard caller.role.permissions.contains(permission) else { throw .insufficientPermissions }
            return caller
        }
    }

    func caller(of request: ServedRequest) -> Person? {
        let parts = (request.header("Authorization") ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "apitoken" else { return nil }
        let token = String(parts[1])
        return people.first { $0.token?.reveal() == token }
    }

    private func answer(_ refusal: Refusal) -> HTTPAnswer {
        HTTPAnswer(status: refusal.status, headers: headers("application/json"), body: refusal.body.bytes)
    }

    private func plain(_ text: String, status: Int) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers("text/plain; charset=utf-8"), body: Bytes(text))
    }

    private func headers(_ type: String) -> [(name: String, value: String)] {
        var dice = Dice(settings.seed, requests)
        return [("Content-Type", type), ("Date", now.httpDate), ("X-RQID", dice.hex(16))]
    }
}
