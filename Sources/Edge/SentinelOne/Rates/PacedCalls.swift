// Calls at the pace that a console allows. What one user asks under one prefix stands in one line; lines do not know
// of each other, so a slow prefix delays nobody else. Reads wait and are repeated within their own deadline. A write
// is never kept and never repeated: it goes now or not at all, because the ledger must know which.

import Pipeline
package import Ports

/// Wraps the calls of one loop. For the thread of that loop, like what it wraps.
package final class PacedCalls: HTTPCalls {
    package struct Limits: Sendable {
        /// In flight in one line: a prefix that does not answer must not take all places.
        package var inFlight = 16
        /// Waiting in one line; one more fails at once as not sent.
        package var waiting = 2_000
        /// Of one read, the first included.
        package var attempts = 4
        package init() {}
    }

    private struct Line: Hashable {
        let origin: HTTPOrigin
        /// Which of the tokens used there, by number: a token itself is no name for anything.
        let token: Int
        let prefix: String
    }

    private struct Flight {
        let line: Line
        /// nil: a write.
        var read: PacedRead?
    }

    private let calls: any HTTPCalls
    private let table: RateTable
    private let shares: [HTTPOrigin: RateShare]
    private let limits: Limits
    private let clock: () -> Duration
    private let pause: (Duration) -> Void
    private let generator: any RandomNumberGenerator & Sendable
    private let signals: Signals
    private var owned = RateShare.whole
    private var lines: [Line: PacedLine] = [:]
    private var tokens: [HTTPOrigin: [(number: Int, token: Secret?)]] = [:]
    private var flights: [CallID: Flight] = [:]
    private var ended: [(call: CallID, result: HTTPResult)] = []
    private var statistics = PacedStatistics()
    private var toldAt: Duration

    /// What nobody gave a time for: the vendor's own clients wait as long.
    private static let usualPause = Duration.seconds(5)
    private static let summaryEvery = Duration.seconds(60)
    /// Of one console, those used last: more than there are sites with a token each, and replaced ones go some day.
    private static let tokensKept = 256

    /// `shares` is what this program may use of each console's rates, everything where nothing is said; `clock` is never
    /// set back; `pause` is how the thread waits while nothing is in flight.
    package init(
        _ calls: any HTTPCalls, table: RateTable = .published, shares: [HTTPOrigin: RateShare] = [:],
        limits: Limits = Limits(), clock: @escaping () -> Duration, pause: @escaping (Duration) -> Void,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), signals: Signals = .none
    ) {
        self.calls = calls
        self.table = table
        self.shares = shares
        self.limits = limits
        self.clock = clock
        self.pause = pause
        self.generator = generator
        self.signals = signals
        toldAt = clock()
    }

    /// What happened since the last call.
    package func takeStatistics() -> PacedStatistics {
        defer { statistics = PacedStatistics() }
        return statistics
    }

    /// Where several workers share a token by partitions: this one owns so many, and uses so much of the rate.
    package func own(_ partitions: Int, of all: Int) {
        owned = RateShare(partitions, of: all)
        let now = clock()
        for (line, state) in lines { state.bucket.use(share(of: line.origin), at: now) }
    }

    private func share(of origin: HTTPOrigin) -> RateShare { (shares[origin] ?? .whole).part(owned) }

    private func line(of request: HTTPRequest, at now: Duration) -> (Line, PacedLine) {
        let rule = table.rule(for: request.path)
        let token = number(of: request.authorization, at: request.origin)
        let line = Line(origin: request.origin, token: token, prefix: rule.prefix)
        if let state = lines[line] { return (line, state) }
        let state = PacedLine(
            RateBucket(rule.rate, share: share(of: line.origin), at: now),
            backoff: Backoff(initial: .seconds(1), limit: .seconds(300), generator: generator))
        lines[line] = state
        return (line, state)
    }

    private func number(of token: Secret?, at origin: HTTPOrigin) -> Int {
        var known = tokens[origin] ?? []
        if let entry = known.first(where: { $0.token == token }) { return entry.number }
        let number = (known.last?.number ?? 0) + 1
        known.append((number, token))
        if known.count > Self.tokensKept {
            let oldest = known.removeFirst().number
            lines = lines.filter { line, state in
                line.origin != origin || line.token != oldest || state.waiting + state.inFlight > 0
            }
        }
        tokens[origin] = known
        return number
    }
}

// The port.
extension PacedCalls {
    package func mayStart(_ request: HTTPRequest, as call: CallID) -> Bool {
        guard !request.isQuestion else { return true }
        let now = clock()
        return line(of: request, at: now).1.promise(to: call, at: now)
    }

    package func start(_ request: HTTPRequest, as call: CallID) {
        let now = clock()
        let (line, state) = line(of: request, at: now)
        if !request.isQuestion {
            guard state.takeForWrite(call, at: now) else {
                return decline(call, "the rate of \(line.prefix) at \(line.origin) is used up; a write does not wait")
            }
            statistics.started += 1
            state.inFlight += 1
            flights[call] = Flight(line: line)
            calls.start(request, as: call)
        } else if state.waiting >= limits.waiting {
            decline(call, "\(limits.waiting) calls already wait for the rate of \(line.prefix) at \(line.origin)")
        } else {
            state.append(
                PacedRead(
                    call: call, request: request, since: now, expires: now + request.deadline,
                    backoff: Backoff(initial: .milliseconds(500), limit: .seconds(30), generator: generator)))
            pump(line, state, at: now)
        }
    }

    package func finished(waiting: Duration) -> [(call: CallID, result: HTTPResult)] {
        let until = clock() + waiting
        while true {
            let now = clock()
            for (line, state) in lines { pump(line, state, at: now) }
            let moments = lines.values.compactMap { $0.nextDue(at: now, room: limits.inFlight) }
            // A millisecond at least, so that no rounding keeps this loop turning.
            let next = min(until, max(moments.min() ?? until, now + .milliseconds(1)))
            let limit = ended.isEmpty ? max(.zero, next - now) : .zero
            if !flights.isEmpty {
                for (call, result) in calls.finished(waiting: limit) { conclude(call, result) }
            } else if limit > .zero, !moments.isEmpty {
                pause(limit)
            }
            let isIdle = flights.isEmpty && moments.isEmpty
            if !ended.isEmpty || isIdle || clock() >= until {
                tell()
                defer { ended = [] }
                return ended
            }
        }
    }
}

// One call.
extension PacedCalls {
    private func decline(_ call: CallID, _ why: String) {
        statistics.declined += 1
        ended.append((call, .failure(HTTPFailure(.notSent, code: "http.rate", detail: why))))
    }

    private func pump(_ line: Line, _ state: PacedLine, at now: Duration) {
        let (ready, late) = state.due(at: now, room: limits.inFlight)
        for read in late {
            if let last = read.last {
                ended.append((read.call, last))
            } else {
                decline(read.call, "the rate of \(line.prefix) at \(line.origin) left no call before its deadline")
            }
        }
        for var read in ready {
            if read.attempts == 0, now > read.since {
                statistics.waited += 1
                statistics.longestWait = max(statistics.longestWait, now - read.since)
            }
            statistics.started += 1
            read.attempts += 1
            var request = read.request
            request.deadline = read.expires - now
            state.inFlight += 1
            flights[read.call] = Flight(line: line, read: read)
            calls.start(request, as: read.call)
        }
    }

    private func conclude(_ call: CallID, _ result: HTTPResult) {
        guard let flight = flights.removeValue(forKey: call), let state = lines[flight.line] else { return }
        state.inFlight -= 1
        let now = clock()
        note(result, of: flight.line, state, at: now)
        guard var read = flight.read, Self.isPassing(result), read.attempts < limits.attempts else {
            ended.append((call, result))
            return
        }
        let due = max(now + read.backoff.next(), state.bucket.closedUntil)
        // There is no use in waiting for what comes too late.
        guard due < read.expires else {
            ended.append((call, result))
            return
        }
        read.last = result
        statistics.retried += 1
        state.postpone(read, until: due)
    }

    /// What an answer says about the rate, whoever asked.
    private func note(_ result: HTTPResult, of line: Line, _ state: PacedLine, at now: Duration) {
        guard case .success(let answer) = result else { return }
        guard answer.status == 429 || answer.status == 503 && answer.retryAfter != nil else {
            if answer.status < 400 { state.backoff.reset() }
            return
        }
        statistics.throttled += 1
        // Others of this line that were in flight say the same: one refusal, told and counted once.
        guard state.bucket.closedUntil <= now else {
            state.bucket.close(until: now + (answer.retryAfter ?? .zero))
            return
        }
        let wait = max(answer.retryAfter ?? Self.usualPause, state.backoff.next())
        state.bucket.close(until: now + wait)
        signals.warning(
            "call.throttled",
            [
                .httpHost: .text(line.origin.host), .label: .text(line.prefix), .httpStatus: .number(answer.status),
                .durationMilliseconds: .milliseconds(wait),
            ])
    }

    /// What may be better the next time. A read can be repeated; what cannot be sent or understood stays so.
    private static func isPassing(_ result: HTTPResult) -> Bool {
        switch result {
        case .success(let answer): [429, 502, 503, 504].contains(answer.status)
        case .failure(let failure): passing.contains(failure.code)
        }
    }

    private static let passing: Set = [
        "http.no_address", "http.no_connection", "http.timeout", "http.connection_lost", "http.partial_answer",
    ]

    private func tell() {
        let now = clock()
        guard now - toldAt >= Self.summaryEvery else { return }
        toldAt = now
        let told = takeStatistics()
        guard told.started + told.declined > 0 else { return }
        signals.info(
            "calls.summed_up",
            [
                .calls: .number(told.started), .waited: .number(told.waited), .throttled: .number(told.throttled),
                .retried: .number(told.retried), .declined: .number(told.declined),
                .longestWaitMilliseconds: .milliseconds(told.longestWait),
            ])
    }
}

/// What became of calls at their pace.
package struct PacedStatistics: Sendable, Equatable {
    /// Attempts that were handed on.
    package var started = 0
    /// Reads that had to wait for their turn.
    package var waited = 0
    /// Answers that asked for patience.
    package var throttled = 0
    package var retried = 0
    /// Calls that never left because of the rate.
    package var declined = 0
    package var longestWait = Duration.zero
    package init() {}
}
