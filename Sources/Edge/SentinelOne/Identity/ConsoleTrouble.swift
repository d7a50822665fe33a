import Ports

/// Something about a console or a token that a person should do something about, and what.
package struct ConsoleTrouble: Sendable, Equatable {
    package enum Weight: String, Sendable {
        /// What the token is there for cannot be done.
        case stops
        case warns
    }

    package let weight: Weight
    package let sentence: String
    package let remedy: String

    init(_ weight: Weight, _ sentence: String, _ remedy: String) {
        self.weight = weight
        self.sentence = sentence
        self.remedy = remedy
    }
}

extension ConsoleReport {
    /// From so many days before its end a token is told about.
    package static let warningDays = 14

    /// What is wrong, the worst first.
    package var troubles: [ConsoleTrouble] {
        let all = reachTroubles + lifeTroubles + expiryTroubles + streamTroubles + needTroubles + clockTroubles
        return all.filter { $0.weight == .stops } + all.filter { $0.weight == .warns }
    }

    private var reachTroubles: [ConsoleTrouble] {
        switch reach {
        case .well: []
        case .unwell(let words):
            [ConsoleTrouble(.warns, "the console says that it is not well: \(words)", "ask whoever runs it")]
        case .doubtful(let detail):
            [
                ConsoleTrouble(
                    .warns, "whether the console is well could not be read: \(detail)",
                    Self.lookAtURL)
            ]
        case .unreached(let detail):
            [
                ConsoleTrouble(
                    .stops, "the console cannot be reached: \(detail)",
                    "check url, the name's resolution and the firewall; calls: takes a proxy and a ca-file")
            ]
        }
    }

    private static let lookAtURL = "look whether url names the console itself, and not a page or a proxy before it"
    private static let replace = "make a new token at the console and write it over the file; programs take it at once"

    private var lifeTroubles: [ConsoleTrouble] {
        switch (life, reach) {
        case (.alive, _), (.unknown, .unreached): []
        case (.dead(let why), _): [ConsoleTrouble(.stops, "the token is not accepted: \(why)", Self.replace)]
        case (.unknown(let why), .doubtful):
            [ConsoleTrouble(.stops, "whether the token is alive could not be learned: \(why)", Self.lookAtURL)]
        case (.unknown(let why), _):
            [ConsoleTrouble(.stops, "whether the token is alive could not be learned: \(why)", "try again")]
        }
    }

    private var expiryTroubles: [ConsoleTrouble] {
        guard life == .alive else { return [] }
        switch expiry {
        case .known(let expiry):
            let left = expiry.at - at
            guard left <= .seconds(86_400 * Self.warningDays) else { return [] }
            let sentence = left > .zero ? "the token ends in \(left.inWords)" : "the token should have ended by now"
            return [ConsoleTrouble(.warns, "\(sentence) (\(expiry.at), says \(expiry.source.words))", Self.replace)]
        case .unknown(let why):
            return [
                ConsoleTrouble(
                    .warns, "nobody can be warned before the token ends: \(why)",
                    "note down its end, or use a service user's token")
            ]
        }
    }

    private var streamTroubles: [ConsoleTrouble] {
        streams.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { stream, answer in
            switch answer {
            case .open, .unasked: nil
            case .refused(let problem):
                ConsoleTrouble(.stops, "\(stream) cannot be read: \(problem.detail)", problem.remedy(for: stream))
            case .failed(let problem):
                ConsoleTrouble(
                    .stops, "\(stream) could not be read: \(problem.detail)",
                    "try again; if it stays so, the request's id is what the vendor asks for")
            }
        }
    }

    /// What no list has proven already.
    private var needTroubles: [ConsoleTrouble] {
        guard life == .alive else { return [] }
        var lacking: [ConsoleTrouble] = []
        var unproven: [String] = []
        var reason = ""
        for need in TokenNeed.all(of: use) where need.weight != .later && need.stream == nil {
            switch ability(need) {
            case .may: break
            case .mayNot:
                lacking.append(
                    ConsoleTrouble(
                        need.weight == .needed ? .stops : .warns, "\(need.program) may not \(need.deed)",
                        "give the token's role \(need.permission)"))
            case .unknown(let why):
                unproven.append(need.deed)
                reason = why
            }
        }
        guard !unproven.isEmpty else { return lacking }
        // The ledger acts only on what it can prove.
        return lacking + [
            ConsoleTrouble(
                use == .writer ? .stops : .warns,
                "whether the token may \(unproven.joined(separator: ", ")) is not known: \(reason)",
                "give the token's role Users.view and Roles.view")
        ]
    }

    private var clockTroubles: [ConsoleTrouble] {
        guard let skew = skew.value, skew.isPerhapsTooLarge else { return [] }
        let words = "our clock is \(skew.magnitude.inWords) \(skew.skew > .zero ? "ahead of" : "behind") the console's"
        let remedy = "set this machine's clock (chrony or systemd-timesyncd): beyond 60 s no action is attempted"
        return skew.isSurelyTooLarge
            ? [ConsoleTrouble(.stops, words, remedy)]
            : [ConsoleTrouble(.warns, "\(words), give or take \(skew.uncertainty.inWords)", remedy)]
    }
}

extension ReadProblem {
    /// What opens the list again.
    package func remedy(for stream: VendorStream) -> String {
        switch kind {
        case .permission: "give the token's role \(stream.permission)"
        case .scope: "give the token a scope that holds \(stream)"
        case .licence: "the console's licence does not hold \(stream): ask whoever bought it"
        case .absent: "this console does not serve \(stream): ask the vendor which version does"
        case .unauthenticated:
            "make a new token at the console and write it over the file; if others are read with "
                + "this one, it is the role that lacks \(stream.permission)"
        case .unreachable, .throttled, .cursor, .rejected, .console, .unintelligible:
            "if it stays so, the request's id is what the vendor asks for"
        }
    }
}

extension ConsoleReport.Expiry.Source {
    package var words: String {
        switch self {
        case .console: "the console"
        case .token: "the token itself"
        }
    }
}

extension Duration {
    /// For people: the largest unit of which there are two or more, else the largest that fits.
    package var inWords: String {
        let seconds = abs(wholeMicroseconds / 1_000_000)
        for (size, unit) in [(Int64(86_400), "days"), (3_600, "h"), (60, "min")] where seconds >= 2 * size {
            return "\(seconds / size) \(unit)"
        }
        return "\(seconds) s"
    }
}
