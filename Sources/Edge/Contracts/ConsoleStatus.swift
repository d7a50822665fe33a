package import Investigation
import Pipeline
package import Ports

/// What ingest knows of one console and of the token that it reads with. It is all that ingest must know again after a
/// restart, so the last one of a console is also the memory of the watch over it.
package struct ConsoleStatus: Sendable, Equatable {
    package struct Token: Sendable, Equatable {
        /// Tells one token from the next, and nothing else about it.
        package var fingerprint: String?
        /// The id of whose it is.
        package var user: String?
        package var name: String?
        package var kind: String?
        package var roles: [String] = []
        package var scope: String?
        package var places: [String] = []
        /// Of the names of what its role permits; changes when they do.
        package var permissions: String?
        package var expiresAt: Timestamp?
        /// Who says so: the console, or the token itself.
        package var expiryFrom: String?
        /// The last warning before its end that was given, in days; 0: that it has ended.
        package var warned: Int?

        package init(fingerprint: String? = nil) { self.fingerprint = fingerprint }
    }

    package struct Failure: Sendable, Equatable {
        package let since: Timestamp
        package let reason: String
        package let remedy: String
        /// When the console is asked again whether it takes the token; a new token is tried at once.
        package var triedAgainAt: Timestamp
        /// The list that was refused; nil: the token itself was asked about.
        package let stream: String?

        package init(since: Timestamp, reason: String, remedy: String, triedAgainAt: Timestamp, stream: String?) {
            self.since = since
            self.reason = reason
            self.remedy = remedy
            self.triedAgainAt = triedAgainAt
            self.stream = stream
        }
    }

    package enum State: Sendable, Equatable {
        /// The console has not yet said anything about the token.
        case untried
        case working
        /// The console does not take the token.
        case failed(Failure)
    }

    package struct Off: Sendable, Equatable {
        /// Of the refusal: permission, scope, licence, absent, unauthenticated.
        package let kind: String
        package let reason: String
        package let since: Timestamp
        package var triedAgainAt: Timestamp

        package init(kind: String, reason: String, since: Timestamp, triedAgainAt: Timestamp) {
            self.kind = kind
            self.reason = reason
            self.since = since
            self.triedAgainAt = triedAgainAt
        }
    }

    package struct Stream: Sendable, Equatable {
        package let name: String
        /// nil: it is read.
        package var off: Off?

        package init(_ name: String, off: Off? = nil) {
            self.name = name
            self.off = off
        }
    }

    /// Our clock minus the console's.
    package struct ClockOffset: Sendable, Equatable {
        package let milliseconds: Int
        package let uncertaintyMilliseconds: Int

        package init(milliseconds: Int, uncertaintyMilliseconds: Int) {
            self.milliseconds = milliseconds
            self.uncertaintyMilliseconds = uncertaintyMilliseconds
        }
    }

    /// Records of one list that the console counts and that were not published.
    package struct Gaps: Sendable, Equatable {
        package let stream: String
        package let open: Int
        package let repaired: Int

        package init(stream: String, open: Int, repaired: Int) {
            self.stream = stream
            self.open = open
            self.repaired = repaired
        }
    }

    package let console: ConsoleID
    /// When all of it was so.
    package var at: Timestamp
    package var token = Token()
    package var state = State.untried
    package var streams: [Stream] = []
    package var clockOffset: ClockOffset?
    package var gaps: [Gaps] = []

    package init(_ console: ConsoleID, at: Timestamp) {
        self.console = console
        self.at = at
    }
}

struct ConsoleStatusV1: Codable {
    struct TokenV1: Codable {
        var fingerprint: String?
        var user: String?
        var name: String?
        var kind: String?
        let roles: [String]
        var scope: String?
        let places: [String]
        var permissions: String?
        var expiresAt: String?
        var expiryFrom: String?
        var warned: Int?
    }
    struct FailureV1: Codable {
        let since: String
        let reason: String
        let remedy: String
        let triedAgainAt: String
        var stream: String?
    }
    struct OffV1: Codable {
        let kind: String
        let reason: String
        let since: String
        let triedAgainAt: String
    }
    struct StreamV1: Codable {
        let name: String
        var off: OffV1?
    }
    struct ClockOffsetV1: Codable {
        let milliseconds: Int
        let uncertaintyMilliseconds: Int
    }
    struct GapsV1: Codable {
        let stream: String
        let open: Int
        let repaired: Int
    }
    let console: String
    let at: String
    let token: TokenV1
    let state: String
    var failure: FailureV1?
    let streams: [StreamV1]
    var clockOffset: ClockOffsetV1?
    let gaps: [GapsV1]
}

extension ConsoleStatusV1 {
    init(_ status: ConsoleStatus) {
        console = status.console.rawValue
        at = status.at.wire
        token = TokenV1(status.token)
        switch status.state {
        case .untried: state = "untried"
        case .working: state = "working"
        case .failed(let failed):
            state = "failed"
            failure = FailureV1(
                since: failed.since.wire, reason: failed.reason, remedy: failed.remedy,
                triedAgainAt: failed.triedAgainAt.wire, stream: failed.stream)
        }
        streams = status.streams.map { stream in
            StreamV1(
                name: stream.name,
                off: stream.off.map {
                    OffV1(
                        kind: $0.kind, reason: $0.reason, since: $0.since.wire, triedAgainAt: $0.triedAgainAt.wire)
                })
        }
        clockOffset = status.clockOffset.map {
            ClockOffsetV1(milliseconds: $0.milliseconds, uncertaintyMilliseconds: $0.uncertaintyMilliseconds)
        }
        gaps = status.gaps.map { GapsV1(stream: $0.stream, open: $0.open, repaired: $0.repaired) }
    }

    func message() throws(Unreadable) -> ConsoleStatus {
        var status = ConsoleStatus(
            try Need.value(ConsoleID(console), "console"), at: try Need.time(at, "at"))
        status.token = try token.token()
        switch state {
        case "untried": status.state = .untried
        case "working": status.state = .working
        case "failed":
            let failure = try Need.value(failure, "failure")
            status.state = .failed(
                .init(
                    since: try Need.time(failure.since, "failure.since"), reason: failure.reason,
                    remedy: failure.remedy, triedAgainAt: try Need.time(failure.triedAgainAt, "failure.triedAgainAt"),
                    stream: failure.stream))
        default: throw Unreadable("state: \(state.shown) is not a known state of a console")
        }
        for stream in streams {
            var off: ConsoleStatus.Off?
            if let told = stream.off {
                off = .init(
                    kind: told.kind, reason: told.reason, since: try Need.time(told.since, "off.since"),
                    triedAgainAt: try Need.time(told.triedAgainAt, "off.triedAgainAt"))
            }
            status.streams.append(.init(stream.name, off: off))
        }
        status.clockOffset = clockOffset.map {
            .init(milliseconds: $0.milliseconds, uncertaintyMilliseconds: $0.uncertaintyMilliseconds)
        }
        status.gaps = gaps.map { .init(stream: $0.stream, open: $0.open, repaired: $0.repaired) }
        return status
    }
}

extension ConsoleStatusV1.TokenV1 {
    fileprivate init(_ token: ConsoleStatus.Token) {
        self.init(
            fingerprint: token.fingerprint, user: token.user, name: token.name, kind: token.kind, roles: token.roles,
            scope: token.scope, places: token.places, permissions: token.permissions,
            expiresAt: token.expiresAt?.wire, expiryFrom: token.expiryFrom, warned: token.warned)
    }

    fileprivate func token() throws(Unreadable) -> ConsoleStatus.Token {
        var token = ConsoleStatus.Token(fingerprint: fingerprint)
        token.user = user
        token.name = name
        token.kind = kind
        token.roles = roles
        token.scope = scope
        token.places = places
        token.permissions = permissions
        if let expiresAt { token.expiresAt = try Need.time(expiresAt, "token.expiresAt") }
        token.expiryFrom = expiryFrom
        token.warned = warned
        return token
    }
}

extension Topic where Message == ConsoleStatus {
    static func consolesStatus(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { _ in "console.status" }, key: { Bytes($0.console.rawValue) },
            wire: { ConsoleStatusV1($0) },
            message: { (wire: ConsoleStatusV1) throws(Unreadable) -> ConsoleStatus in try wire.message() })
    }
}
