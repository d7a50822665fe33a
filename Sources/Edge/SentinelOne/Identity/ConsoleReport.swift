package import Ports

/// What was found out about one console and one token: who the token is, what it may do and when it ends. Without the
/// token itself; what is not known says why.
package struct ConsoleReport: Sendable, Equatable {
    package enum Reach: Sendable, Equatable {
        case well
        /// It answers, and says of itself that something is wrong.
        case unwell(String)
        /// Something answers, and whether it is well could not be read.
        case doubtful(String)
        case unreached(String)
    }

    package enum Life: Sendable, Equatable {
        case alive
        /// No call with this token can succeed.
        case dead(why: String)
        case unknown(why: String)
    }

    package struct Holder: Sendable, Equatable {
        package enum Kind: String, Sendable { case user, serviceUser }

        /// At the console.
        package let id: String?
        package let name: String?
        package let kind: Learned<Kind>
    }

    package struct Place: Sendable, Hashable {
        package let id: String?
        package let name: String?
        package let account: String?
    }

    package struct Scope: Sendable, Equatable {
        package let level: VendorValue<TokenFacts.ScopeLevel>
        package let places: [Place]
    }

    package struct Expiry: Sendable, Equatable {
        package enum Source: String, Sendable {
            case console
            /// The token itself, which is a JWT.
            case token
        }

        package let at: Timestamp
        package let source: Source
        /// What the other source says, where both say something: never earlier.
        package let other: Timestamp?
    }

    package enum StreamAnswer: Sendable, Equatable {
        case open
        /// It stays so until somebody changes something: 401, 403, 404, 501.
        case refused(ReadProblem)
        /// It may be better the next time.
        case failed(ReadProblem)
        case unasked(why: String)
    }

    package enum Ability: Sendable, Equatable {
        case may
        case mayNot(why: String)
        case unknown(why: String)
    }

    package let console: String
    package let use: TokenUse
    package let reach: Reach
    package let version: Learned<String>
    package let life: Life
    package let holder: Learned<Holder>
    package let expiry: Learned<Expiry>
    package let scope: Learned<Scope>
    /// Names, each once.
    package let roles: Learned<[String]>
    /// What all of its roles hold: the only thing that is sure wherever it reaches.
    package let permissions: Learned<Set<Permission>>
    package let streams: [VendorStream: StreamAnswer]
    /// What answers have shown, whatever the role's page says.
    let shown: [Permission: Ability]
    package let skew: Learned<ClockSkew>
    package let at: Timestamp

    /// Whether the token may do it. What was answered counts more than what the role's page says.
    package func ability(_ need: TokenNeed) -> Ability {
        if let shown = shown[need.permission] { return shown }
        switch permissions {
        case .known(let held):
            return held.contains(need.permission) ? .may : .mayNot(why: "the role lacks \(need.permission)")
        case .unknown(let why): return .unknown(why: why)
        }
    }
}
