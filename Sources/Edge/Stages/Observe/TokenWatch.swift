import Contracts
import Crypto
package import Ports

/// Warns before one token ends: two weeks, a week and a day before, and at the end, each once. Another token, known by
/// its fingerprint, is warned about anew.
package struct TokenWatch: Sendable, Equatable {
    /// Days before the end; 0 is the end itself.
    package static let warnings = [14, 7, 1, 0]

    package private(set) var fingerprint: String?
    package private(set) var expiresAt: Timestamp?
    /// The nearest to the end that was given.
    package private(set) var warned: Int?

    package init() {}

    init(_ token: ConsoleStatus.Token) {
        fingerprint = token.fingerprint
        expiresAt = token.expiresAt
        warned = token.warned
    }

    /// Of a digest that nothing can be read out of: a token is long and random.
    package static func fingerprint(of token: Secret) -> String {
        String(SHA256(of: "docket token\n" + token.reveal()).hex.prefix(16))
    }

    /// Notes which token is in use. True where it is another one than before.
    mutating func sees(_ token: Secret) -> Bool {
        let seen = Self.fingerprint(of: token)
        guard seen != fingerprint else { return false }
        self = TokenWatch()
        fingerprint = seen
        return true
    }

    mutating func learn(_ end: Timestamp) { expiresAt = end }

    /// The warning that is due and was not given to this token: only the one nearest to the end, where several are. It
    /// counts as given.
    mutating func due(at now: Timestamp) -> Int? {
        guard let expiresAt else { return nil }
        let passed = Self.warnings.last { now >= expiresAt - .seconds(86_400 * $0) }
        guard let passed, passed < warned ?? .max else { return nil }
        warned = passed
        return passed
    }

    /// When the next warning is due.
    func nextDue() -> Timestamp? {
        guard let expiresAt else { return nil }
        return Self.warnings.first { $0 < warned ?? .max }.map { expiresAt - .seconds(86_400 * $0) }
    }
}
