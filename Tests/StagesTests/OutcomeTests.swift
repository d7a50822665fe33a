import ActionLedger
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Testing

private let isolate = "agents/actions/disconnect"

/// What goes wrong with the one write call of a path, and what the ledger must say in the end.
enum Mishap: String, CaseIterable, CustomTestStringConvertible {
    case lostReply, lostRequest, failedAfterEffect, throttled, unauthenticated, noPermission, outOfScope, unlicensed
    case notFound, badRequest, loginPage, affectedNone, errorsBeside, notSent, slowEffect

    var testDescription: String { rawValue }

    /// How it ends, and how many calls that took: never more than one that changed anything.
    var end: (state: LedgerEntry.State, writes: Int) {
        switch self {
        case .lostReply, .failedAfterEffect, .loginPage, .errorsBeside, .slowEffect, .affectedNone: (.confirmed, 1)
        case .lostRequest, .throttled, .unauthenticated, .noPermission, .notSent: (.confirmed, 2)
        case .outOfScope, .unlicensed, .notFound, .badRequest: (.refused, 1)
        }
    }

    /// Whether the console saw the first call.
    var isSeen: Bool { self != .lostRequest && self != .notSent }

    func befall(_ bench: Bench) throws {
        switch self {
        case .lostReply: try bench.fault("lose-reply", on: isolate)
        case .lostRequest: try bench.fault("lose-request", on: isolate)
        case .failedAfterEffect: try bench.fault("status-after-effect", on: isolate, more: #","status":500"#)
        case .throttled: try bench.fault("status", on: isolate, more: #","status":429"#)
        case .unauthenticated: try bench.fault("status", on: isolate, more: #","status":401"#)
        case .noPermission: try bench.fault("status", on: isolate, more: #","status":403"#)
        case .notFound: try bench.fault("status", on: isolate, more: #","status":404"#)
        case .badRequest: try bench.fault("status", on: isolate, more: #","status":400"#)
        case .slowEffect: try bench.fault("effect-late", on: isolate, more: #","delayMilliseconds":600000"#)
        case .outOfScope: once(bench, 403, #"{"errors":[{"detail":"Not in the scope of the user"}]}"#)
        case .unlicensed: once(bench, 403, #"{"errors":[{"detail":"Missing license"}]}"#)
        case .notSent:
            var isFirst = true
            bench.intercept = { request in
                guard request.changesSomething, isFirst else { return nil }
                isFirst = false
                return .lost(.notSent)
            }
        case .loginPage: afterEffect(bench, "<!doctype html><title>Sign in</title>")
        case .affectedNone: afterEffect(bench, #"{"data":{"affected":0}}"#)
        case .errorsBeside: afterEffect(bench, #"{"data":{"affected":1},"errors":[{"detail":"partly"}]}"#)
        }
    }

    private func once(_ bench: Bench, _ status: Int, _ body: String) {
        bench.intercept = { request in
            request.changesSomething ? .result(.success(HTTPAnswer(status: status, body: Bytes(body)))) : nil
        }
    }

    /// The console does it, and something between it and us answers this instead.
    private func afterEffect(_ bench: Bench, _ body: String) {
        bench.rewrite = { request, answer in
            request.changesSomething ? HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(body)) : answer
        }
    }
}

@Suite("Outcomes of a call")
struct OutcomeTests {
    @Test("whatever happens to a call, the host is isolated once or the refusal is told", arguments: Mishap.allCases)
    func outcome(mishap: Mishap) throws {
        var all = try Deployment { try mishap.befall($0) }
        try all.approve(thenPass: 30)
        if mishap == .slowEffect {
            #expect(try all.action().state == .done, "accepted, and watched until it is so")
            try all.pass(620)
        }
        try all.pass(120)
        let entry = try all.action()
        #expect(entry.state == mishap.end.state, "\(entry.note)")
        let changes = try all.bench.changes().count
        #expect(changes == (mishap.end.state == .confirmed ? 1 : 0))
        let interceptedWrites = [.outOfScope, .unlicensed].contains(mishap) ? 1 : 0
        let seen = try all.bench.writes() + interceptedWrites
        #expect(seen == mishap.end.writes - (mishap.isSeen ? 0 : 1))
        let ledger = try all.bench.ledger()
        #expect(all.memory == ledger)
    }

    @Test("a lost request is made again only after its absence was seen twice beyond the horizon")
    func absence() throws {
        var all = try Deployment { try $0.fault("lose-request", on: isolate) }
        try all.approve(thenPass: 70)
        #expect(try all.action().state == .unknown, "deadline, grace and horizon have not passed")
        #expect(try all.action().attempt?.number == 1)
        try all.pass(240)
        #expect(try all.action().state == .confirmed)
        #expect(try all.action().attempt?.number == 2)
    }

    @Test("an acceptance that shows late, but within the horizon, is found, and no second call is made")
    func lateAcceptance() throws {
        var all = try Deployment { bench in
            try bench.fault("lose-reply", on: isolate)
            bench.rewrite = { [unowned bench] request, answer in
                // The console's record of it is a minute behind.
                guard request.path.hasSuffix("/activities"), bench.now < Bench.start + .seconds(65) else {
                    return answer
                }
                return HTTPAnswer(
                    status: 200, headers: answer.headers, body: Bytes(#"{"data":[],"pagination":{"nextCursor":null}}"#))
            }
        }
        try all.approve(thenPass: 200)
        #expect(try all.action().state == .confirmed)
        #expect(try all.bench.writes() == 1)
    }

    @Test("a page that is not whole proves no absence", arguments: ["cursor", "total", "item", "type", "errors"])
    func partial(kind: String) throws {
        let body =
            switch kind {
            case "cursor": #"{"data":[],"pagination":{"nextCursor":"more"}}"#
            case "total": #"{"data":[],"pagination":{"nextCursor":null,"totalItems":1}}"#
            case "item": #"{"data":["what"],"pagination":{"nextCursor":null}}"#
            case "type": #"{"data":[{"id":"5"}],"pagination":{"nextCursor":null}}"#
            default: #"{"data":[],"errors":[{"detail":"a shard is away"}]}"#
            }
        var all = try Deployment { bench in
            try bench.fault("lose-reply", on: isolate)
            bench.rewrite = { request, answer in
                guard request.path.hasSuffix("/activities") else { return answer }
                return HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(body))
            }
        }
        try all.approve(thenPass: 400)
        #expect(try all.action().state == .unknown)
        #expect(try all.bench.writes() == 1)
    }

    @Test("no absence is proven by a token that may not see activities")
    func blind() throws {
        var all = try Deployment { bench in
            bench.limits.roleAge = .seconds(20)
            try bench.fault("lose-reply", on: isolate)
        }
        try all.approve(thenPass: 5)
        // From now on the console shows this token nothing, and says so only by the role.
        all.bench.rewrite = { request, answer in
            if request.path.hasSuffix("/activities") {
                return HTTPAnswer(
                    status: 200, headers: answer.headers, body: Bytes(#"{"data":[],"pagination":{"nextCursor":null}}"#))
            }
            guard request.path.contains("/rbac/role/") else { return answer }
            let text = (answer.body.text ?? "").replacing(#""Activity Page""#, with: #""Another Page""#)
            return HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(text))
        }
        try all.pass(900)
        #expect(try all.action().state == .unknown)
        #expect(try all.bench.writes() == 1)
    }

    @Test("more affected than planned is an incident: everything on this console stops")
    func affectedMore() throws {
        var all = try Deployment { bench in
            bench.rewrite = { request, answer in
                request.changesSomething
                    ? HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(#"{"data":{"affected":2}}"#))
                    : answer
            }
        }
        try all.approve()
        #expect(try all.bench.ledger().activeStops.count == 1)
    }

    @Test("the console's Retry-After is waited for before any other call")
    func retryAfter() throws {
        var isFirst = true
        var times: [Timestamp] = []
        var all = try Deployment { bench in
            bench.intercept = { [unowned bench] request in
                if request.authorization?.reveal().contains(bench.console.responderToken.reveal()) ?? false {
                    times.append(bench.now)
                }
                guard request.changesSomething, isFirst else { return nil }
                isFirst = false
                return .result(
                    .success(HTTPAnswer(status: 429, headers: [("Retry-After", "20")], body: Bytes("slow down"))))
            }
        }
        try all.approve(thenPass: 60)
        #expect(try all.action().state == .confirmed)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(gaps.contains { $0 >= .seconds(20) })
        #expect(try all.bench.writes() == 1)
    }
}

extension HTTPRequest {
    /// The console is asked by POST too, where the question must not stand in a path.
    fileprivate var changesSomething: Bool { method == .post && !isQuestion }
}
