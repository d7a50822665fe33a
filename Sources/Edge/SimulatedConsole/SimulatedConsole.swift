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
    /// How often any token was rotated: no two have one text.
    var tokenGeneration = 0
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
    var calls = Calls()
    var buckets = Buckets()
    var requests = 0
    /// How far simulated time was moved ahead of the time that it is told.
    var ahead = Duration.zero
    /// The programme's incidents, and how many detections came beside them.
    var chronicles: [Chronicle] = []
    var loneDetections = 0
    var notes = Notes()
    var queries = Queries()
    /// What the operation that is being served adds to its answer's header.
    var answerHeaders: [(name: String, value: String)] = []
    var now: Timestamp

    package init(_ settings: SimulatedConsoleSettings) {
        self.settings = settings
        cast = Cast(settings)
        people = Person.all(settings, cast.numbering)
        fleet = Fleet(settings, cast)
        let history = History(settings, cast)
        threats = Threats(history: history)
        activities = Activities(history: history)
        now = settings.start
        faults = settings.faults
        cue(settings.stories)
        expectDetection()
    }

    /// May read everything, change nothing.
    package var viewerToken: Secret { people[0].token?.secret ?? Secret("") }
    /// May also isolate and release.
    package var responderToken: Secret { people[1].token?.secret ?? Secret("") }
    /// As the responder's, of another user: what a rotation brings.
    package var successorToken: Secret { people[3].token?.secret ?? Secret("") }

    /// Answers as the console would at that time. Time never runs backwards: an earlier one counts as the last one.
    package mutating func answer(_ request: ServedRequest, at moment: Timestamp) -> Reply {
        advance(to: moment + ahead)
        requests += 1
        defer { shown.settle(shown: true) }
        switch Operation.match(request) {
        case .none: return Reply(.answer(plain("404 page not found\n", status: 404)))
        case .otherMethod: return Reply(.answer(answer(Refusal.wrongMethod(request.method))))
        case .operation(let operation, let parts): return reply(to: request, operation, parts)
        }
    }

    /// Carries the call out, if it may be, and says so.
    mutating func result(
        of request: ServedRequest, _ operation: Operation, _ parts: [String], _ fault: Fault?, _ lies: Lies?
    ) -> HTTPAnswer {
        do throws(Refusal) {
            let caller = try admitted(request, to: operation)
            let call = Call(
                request: request, operation: operation, parts: parts, caller: caller, fault: fault, lies: lies)
            answerHeaders = []
            var body = try operation.serve(&self, call)
            if let lies { body = lies.finished(body, &self) }
            return HTTPAnswer(status: 200, headers: headers("application/json") + answerHeaders, body: body)
        } catch {
            shown.settle(shown: false)
            noteRefused(operation, request, status: error.status)
            return answer(error)
        }
    }

    private func plain(_ text: String, status: Int) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers("text/plain; charset=utf-8"), body: Bytes(text))
    }

    func headers(_ type: String) -> [(name: String, value: String)] {
        var dice = Dice(settings.seed, requests)
        return [("Content-Type", type), ("Date", now.httpDate), ("X-RQID", dice.hex(16))]
    }
}
