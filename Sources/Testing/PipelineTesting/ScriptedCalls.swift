package import Ports

/// Calls whose answers a test decides, with a record of every request that was really sent.
package final class ScriptedCalls: HTTPCalls {
    package enum Reply {
        /// The answer comes with the so-many-th look after the call was started; with the first one for 0.
        case result(HTTPResult, after: Int = 0)
        /// It was sent, and nothing ever comes back.
        case silence

        package static func ok(_ text: String, after looks: Int = 0) -> Reply {
            .result(.success(HTTPAnswer(status: 200, body: Bytes(text))), after: looks)
        }

        package static func lost(_ delivery: HTTPFailure.Delivery = .mayHaveArrived) -> Reply {
            .result(.failure(HTTPFailure(delivery, code: "lost", detail: "the test lost this reply")))
        }
    }

    private struct Flight {
        let call: CallID
        let result: HTTPResult
        var looks: Int
    }

    /// Every request that reached the world, in order.
    package private(set) var sent: [(call: CallID, request: HTTPRequest)] = []
    private var flights: [Flight] = []
    private let serve: (HTTPRequest, CallID) -> Reply
    private let mortality: Mortality
    private let clock: ScriptedClock?

    /// `serve` is the world: it is called when a request is sent, and what it does has happened.
    package init(
        mortality: Mortality = Mortality(), clock: ScriptedClock? = nil,
        serve: @escaping (HTTPRequest, CallID) -> Reply
    ) {
        self.serve = serve
        self.mortality = mortality
        self.clock = clock
    }

    package func start(_ request: HTTPRequest, as call: CallID) {
        guard !mortality.isDead else { return }
        sent.append((call, request))
        if case .result(let result, let looks) = serve(request, call) {
            flights.append(Flight(call: call, result: result, looks: looks))
        }
    }

    package func finished(waiting: Duration) -> [(call: CallID, result: HTTPResult)] {
        guard !mortality.isDead else { return [] }
        let ended = flights.filter { $0.looks <= 0 }
        flights.removeAll { $0.looks <= 0 }
        for index in flights.indices { flights[index].looks -= 1 }
        if ended.isEmpty { clock?.advance(by: waiting) }
        return ended.map { ($0.call, $0.result) }
    }
}
