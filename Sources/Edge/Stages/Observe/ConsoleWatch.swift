package import Contracts
import Crypto
package import Investigation
package import Ports
package import SentinelOne

/// The watch over one console and the token that it is read with: what was heard of it, what is told about it once, and
/// what of it is asked for now. Pure; its whole memory is the last status that it gave.
package struct ConsoleWatch: Sendable {
    /// A token that was refused is shown again after this: it may have been let in again, and a file that is replaced
    /// is noticed without it.
    static let tokenPause = Duration.seconds(300)
    /// A role may be given back any time; a scope, a licence and a route change seldom.
    static let rolePause = Duration.seconds(900)
    static let longPause = Duration.seconds(3_600)

    private(set) var status: ConsoleStatus
    var token: TokenWatch
    var notices: [ConsoleNotice] = []
    /// Whether nobody was told yet that the token's end cannot be known.
    private var isEndAwaited = true

    /// Goes on where the last status of this console stood.
    package init(_ console: ConsoleID, streams: [VendorStream], after last: ConsoleStatus? = nil) {
        status = ConsoleStatus(console, at: last?.at ?? .zero)
        status.streams = streams.map { stream in
            .init(stream.rawValue, off: last?.streams.first { $0.name == stream.rawValue }?.off)
        }
        if let last {
            status.token = last.token
            status.state = last.state
            status.clockOffset = last.clockOffset
            status.gaps = last.gaps
        }
        token = TokenWatch(status.token)
    }

    // MARK: Hearing

    /// Which token is used now. Another one is a new beginning: it was refused nothing yet.
    package mutating func sees(_ secret: Secret, at now: Timestamp) {
        let isFirst = token.fingerprint == nil
        guard token.sees(secret) else { return }
        status.token = ConsoleStatus.Token(fingerprint: token.fingerprint)
        status.state = .untried
        isEndAwaited = true
        for index in status.streams.indices { status.streams[index].off = nil }
        if let end = TokenClaims(secret)?.expiresAt { learn(end, from: .token) }
        if !isFirst { notices.append(.tokenReplaced) }
    }

    /// What a probe found out with that token. What it did not find out leaves standing what was known.
    package mutating func took(_ report: ConsoleReport, of secret: Secret, at now: Timestamp) {
        guard TokenWatch.fingerprint(of: secret) == token.fingerprint else { return }
        learn(report)
        switch report.life {
        case .alive: accept(at: now)
        case .dead(let why): fail(why, at: now)
        case .unknown: break
        }
        for (stream, answer) in report.streams.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            switch answer {
            case .open: turnOn(stream)
            case .refused(let problem) where report.life == .alive: turnOff(stream, problem, at: now)
            case .refused, .failed, .unasked: break
            }
        }
    }

    /// Why a list could not be read. Only a refusal says something about the token; trouble on the way does not.
    package mutating func heard(
        _ problem: ReadProblem, from stream: VendorStream, answering request: HTTPRequest, at now: Timestamp
    ) {
        guard carriesToken(request) else { return }
        let problem = problem.answering(request)
        switch problem.kind {
        case .unauthenticated where off(stream)?.kind == problem.kind.rawValue:
            // Known to be this list's own way: the token works elsewhere.
            turnOff(stream, problem, at: now)
        case .unauthenticated: fail(problem.detail, by: stream, at: now)
        case .permission, .scope, .licence:
            accept(by: stream, at: now)
            turnOff(stream, problem, at: now)
        case .absent: turnOff(stream, problem, at: now)
        case .unreachable, .throttled, .cursor, .rejected, .console, .unintelligible: break
        }
    }

    /// A list was read with the token of that request.
    package mutating func heardWell(
        _ stream: VendorStream, answering request: HTTPRequest, at now: Timestamp
    ) {
        guard carriesToken(request) else { return }
        accept(by: stream, at: now)
        turnOn(stream)
    }

    /// Gaps are counted by whoever reconciles.
    package mutating func counted(_ gaps: [ConsoleStatus.Gaps]) { status.gaps = gaps }

    // MARK: Asking

    /// Whether a list is to be asked for now.
    package func mayAsk(_ stream: VendorStream, at now: Timestamp) -> Bool { asked(stream).map { $0 <= now } ?? true }

    /// When a list that is not asked for now is asked for again; nil: there is no reason to wait.
    package func asked(_ stream: VendorStream) -> Timestamp? {
        if case .failed(let failure) = status.state { return failure.triedAgainAt }
        return off(stream)?.triedAgainAt
    }

    // MARK: Telling

    /// What is to be told now, each thing once.
    package mutating func due(at now: Timestamp) -> [ConsoleNotice] {
        if let days = token.due(at: now), let end = token.expiresAt {
            notices.append(days == 0 ? .tokenEnded(at: end) : .tokenEnding(days: days, at: end))
        }
        status.token.warned = token.warned
        defer { notices = [] }
        return notices
    }

    /// When something will have to be told although nothing is heard.
    package func nextDue() -> Timestamp? { token.nextDue() }

    /// All that is known now.
    package func status(at now: Timestamp) -> ConsoleStatus {
        var status = status
        status.at = now
        return status
    }

    /// The status, where it is worth an event: something changed since that one, or a day has passed.
    package func change(since last: ConsoleStatus?, at now: Timestamp) -> ConsoleStatus? {
        let status = status(at: now)
        guard let last, now - last.at < .seconds(86_400), last.says(theSameAs: status) else {
            return status.state == .untried && last == nil ? nil : status
        }
        return nil
    }
}

// What it does with what it heard.
extension ConsoleWatch {
    private func carriesToken(_ request: HTTPRequest) -> Bool {
        request.carriedToken.map { TokenWatch.fingerprint(of: $0) == token.fingerprint } ?? false
    }

    private func off(_ stream: VendorStream) -> ConsoleStatus.Off? {
        status.streams.first { $0.name == stream.rawValue }?.off
    }

    private mutating func learn(_ end: Timestamp, from source: ConsoleReport.Expiry.Source) {
        token.learn(end)
        status.token.expiresAt = end
        status.token.expiryFrom = source.rawValue
    }

    private mutating func learn(_ report: ConsoleReport) {
        if let holder = report.holder.value {
            status.token.user = holder.id
            status.token.name = holder.name
            status.token.kind = holder.kind.value?.rawValue
        }
        if let roles = report.roles.value { status.token.roles = roles }
        if let scope = report.scope.value {
            status.token.scope = scope.level.text
            status.token.places = scope.places.compactMap(\.name)
        }
        if let held = report.permissions.value {
            let names = held.map(\.name).sorted().joined(separator: "\n")
            status.token.permissions = String(SHA256(of: names).hex.prefix(16))
        }
        switch report.expiry {
        case .known(let expiry): learn(expiry.at, from: expiry.source)
        case .unknown(let why):
            if isEndAwaited, token.expiresAt == nil, report.life == .alive {
                notices.append(.tokenEndUnknown(why: why))
                isEndAwaited = false
            }
        }
        if let skew = report.skew.value { learn(skew) }
    }

    private mutating func learn(_ skew: ClockSkew) {
        let was = status.clockOffset?.isTooLarge ?? false
        let now = ConsoleStatus.ClockOffset(
            milliseconds: Int(clamping: skew.skew.wholeMilliseconds),
            uncertaintyMilliseconds: Int(clamping: skew.uncertainty.wholeMilliseconds))
        status.clockOffset = now
        if now.isTooLarge != was {
            notices.append(now.isTooLarge ? .clockWrong(milliseconds: now.milliseconds) : .clockRight)
        }
    }

    /// The console has taken the token. Where another list said otherwise, that is this list's way of telling a service
    /// user of a missing permission: it is off, and the console is not. A late answer can look the same: the token is
    /// revoked, one list says 401, and what another one had answered before arrives only now. Then the console works
    /// again until that other list is asked again and says 401 too.
    private mutating func accept(by stream: VendorStream? = nil, at now: Timestamp) {
        switch status.state {
        case .working: return
        case .untried: status.state = .working
        case .failed(let failure):
            status.state = .working
            notices.append(.tokenAccepted)
            guard let refused = failure.stream.flatMap({ VendorStream(rawValue: $0) }), refused != stream else {
                return
            }
            turnOff(
                refused, kind: ReadProblem.Kind.unauthenticated.rawValue, reason: failure.reason,
                remedy: "give the token's role \(refused.permission)", pause: Self.rolePause, at: now)
        }
    }

    private mutating func fail(_ reason: String, by stream: VendorStream? = nil, at now: Timestamp) {
        let again = now + Self.tokenPause
        if case .failed(var failure) = status.state {
            failure.triedAgainAt = again
            status.state = .failed(failure)
            return
        }
        let remedy = "make a new token at the console and write it over the file"
        status.state = .failed(
            .init(since: now, reason: reason, remedy: remedy, triedAgainAt: again, stream: stream?.rawValue))
        notices.append(.tokenFailed(reason: reason, remedy: remedy))
    }

    private mutating func turnOff(_ stream: VendorStream, _ problem: ReadProblem, at now: Timestamp) {
        let isOfRole = problem.kind == .permission || problem.kind == .unauthenticated
        turnOff(
            stream, kind: problem.kind.rawValue, reason: problem.detail, remedy: problem.remedy(for: stream),
            pause: isOfRole ? Self.rolePause : Self.longPause, at: now)
    }

    private mutating func turnOff(
        _ stream: VendorStream, kind: String, reason: String, remedy: String, pause: Duration, at now: Timestamp
    ) {
        guard let index = status.streams.firstIndex(where: { $0.name == stream.rawValue }) else { return }
        let before = status.streams[index].off
        let again = now + pause
        // The reason names the request, and so differs each time.
        status.streams[index].off = .init(
            kind: kind, reason: before?.kind == kind ? before?.reason ?? reason : reason, since: before?.since ?? now,
            triedAgainAt: again)
        guard before?.kind != kind else { return }
        notices.append(.streamOff(stream.rawValue, reason: reason, remedy: remedy, triedAgainAt: again))
    }

    private mutating func turnOn(_ stream: VendorStream) {
        guard let index = status.streams.firstIndex(where: { $0.name == stream.rawValue }),
            status.streams[index].off != nil
        else { return }
        status.streams[index].off = nil
        notices.append(.streamOn(stream.rawValue))
    }
}

extension ConsoleStatus.ClockOffset {
    var isTooLarge: Bool {
        ClockSkew(skew: .milliseconds(milliseconds), uncertainty: .milliseconds(uncertaintyMilliseconds))
            .isSurelyTooLarge
    }
}

extension ConsoleStatus {
    /// Whether a reader learns nothing new from the other one. When something was or will be looked at is no news, and
    /// a clock's difference is one only where it changes what is done.
    func says(theSameAs other: ConsoleStatus) -> Bool {
        func essence(_ status: ConsoleStatus) -> ConsoleStatus {
            var status = status
            status.at = .zero
            if case .failed(var failure) = status.state {
                failure.triedAgainAt = .zero
                status.state = .failed(failure)
            }
            for index in status.streams.indices { status.streams[index].off?.triedAgainAt = .zero }
            status.clockOffset = status.clockOffset.map {
                ClockOffset(milliseconds: $0.isTooLarge ? 1 : 0, uncertaintyMilliseconds: 0)
            }
            return status
        }
        return essence(self) == essence(other)
    }
}
