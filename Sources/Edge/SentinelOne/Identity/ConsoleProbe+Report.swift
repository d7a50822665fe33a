package import Ports

// What the answers so far amount to.
extension ConsoleProbe {
    /// What is known now. What was not asked or not answered yet is unknown for that reason.
    package func report(at now: Timestamp) -> ConsoleReport {
        let expiry = learnedExpiry
        return ConsoleReport(
            console: console.id, use: use, reach: reach,
            version: learned(.version, version) { $0.version ?? $0.build }.map(console.quoted), life: life(expiry, now),
            holder: learnedHolder, expiry: expiry, scope: learnedScope, roles: learnedRoles,
            permissions: learnedPermissions,
            streams: Dictionary(uniqueKeysWithValues: streams.map { ($0, answer(of: $0)) }),
            shown: shown,
            skew: clock.skew.map { .known($0) } ?? .unknown(why: "no answer of the console had a date"), at: now)
    }

    private func unheard(_ question: Question) -> String {
        if let problem = life?.problem ?? version?.problem, !answered.contains(question) {
            if problem.kind == .unauthenticated { return "not asked: the console does not accept the token" }
            if problem.isDistant { return "not asked: the console cannot be reached" }
            if problem.isStrange { return "not asked: what answers does not answer as a console does" }
        }
        return "no answer in time"
    }

    private func learned<Fact, Value: Sendable>(
        _ question: Question, _ outcome: Outcome<Fact>?, _ value: (Fact) -> Value?
    ) -> Learned<Value> {
        switch outcome {
        case .success(let fact): value(fact).map { .known($0) } ?? .unknown(why: "the console does not say")
        case .failure(let problem): .unknown(why: problem.detail)
        case nil: .unknown(why: unheard(question))
        }
    }

    private var reach: ConsoleReport.Reach {
        switch health {
        case .success(.ok): return .well
        case .success(.other(let words)): return .unwell(words)
        case .failure(let problem):
            let others = [life?.problem, version?.problem, expiry?.problem]
            let isAnyHeard = [life != nil, version != nil, expiry != nil].enumerated().contains { index, isThere in
                isThere && others[index]?.isDistant != true
            }
            return problem.isDistant && !isAnyHeard ? .unreached(problem.detail) : .doubtful(problem.detail)
        case nil: return answered.isEmpty ? .unreached("no answer in time") : .doubtful("no answer in time")
        }
    }

    /// Whatever asks for a token and answers by its own rules has accepted it; only then is a 401 elsewhere believed.
    private func life(_ expiry: Learned<ConsoleReport.Expiry>, _ now: Timestamp) -> ConsoleReport.Life {
        let problems: [ReadProblem?] =
            [life.map(\.problem), version.map(\.problem), holder.map(\.problem)].compactMap { $0 }
            + lists.values.map(\.problem)
        let accepting: Set<ReadProblem.Kind> = [.permission, .scope, .licence]
        if problems.contains(where: { $0.map { accepting.contains($0.kind) } ?? true }) { return .alive }
        if let refusal = problems.compactMap({ $0 }).first(where: { $0.kind == .unauthenticated }) {
            if let expiry = expiry.value, expiry.at <= now { return .dead(why: "it expired at \(expiry.at)") }
            return .dead(why: "wrong, revoked or expired: \(refusal.detail)")
        }
        return .unknown(why: problems.compactMap { $0 }.first?.detail ?? "no answer in time")
    }

    /// The console's word and the token's own; where both say something, the earlier counts.
    private var learnedExpiry: Learned<ConsoleReport.Expiry> {
        let claims = TokenClaims(console.token)
        let told = (try? expiry?.get())?.expiresAt ?? (try? holder?.get())?.expiresAt
        switch (told, claims?.expiresAt) {
        case (let told?, let own?):
            return .known(
                told <= own
                    ? .init(at: told, source: .console, other: own) : .init(at: own, source: .token, other: told))
        case (let told?, nil): return .known(.init(at: told, source: .console, other: nil))
        case (nil, let own?): return .known(.init(at: own, source: .token, other: nil))
        case (nil, nil):
            let details: Learned<Timestamp> = learned(.expiry, expiry, \.expiresAt)
            let own = claims == nil ? "the token is opaque" : "the token does not say"
            return .unknown(why: "\(own), and of the console: \(details.why ?? "no answer in time")")
        }
    }

    private var learnedHolder: Learned<ConsoleReport.Holder> {
        let subject = TokenClaims(console.token)?.subject
        let kind = Self.kind(of: subject)
        switch holder {
        case .success(let facts):
            return .known(.init(id: facts.userID, name: facts.name ?? facts.email, kind: kind))
        case .failure, nil:
            if let subject { return .known(.init(id: nil, name: console.quoted(subject), kind: kind)) }
            let why: Learned<TokenFacts> = learned(.holder, holder) { $0 }
            return .unknown(why: why.why ?? "no answer in time")
        }
    }

    /// By the subject of a token that is a JWT: nothing else tells service users from people.
    private static func kind(of subject: String?) -> Learned<ConsoleReport.Holder.Kind> {
        guard let subject else { return .unknown(why: "the token does not say") }
        let letters = subject.lowercased().filter(\.isLetter)
        if letters.hasPrefix("serviceuser") { return .known(.serviceUser) }
        return subject.contains("@") ? .known(.user) : .unknown(why: "the token's subject is of no known form")
    }

    private var learnedScope: Learned<ConsoleReport.Scope> {
        switch holder {
        case .success(let facts):
            var seen: Set<ConsoleReport.Place> = []
            let places = facts.grants.map {
                ConsoleReport.Place(id: $0.scopeID, name: $0.scopeName, account: $0.accountName)
            }
            let level: VendorValue<TokenFacts.ScopeLevel> =
                switch facts.scope {
                case .known: facts.scope
                case .other(let word): .other(console.quoted(word))
                }
            return .known(.init(level: level, places: places.filter { seen.insert($0).inserted }))
        case .failure where accounts?.problem?.kind == .scope:
            // Accounts are beyond the reach of a site's token, and of no other.
            return .known(.init(level: .known(.site), places: []))
        case .failure(let problem): return .unknown(why: problem.detail)
        case nil: return .unknown(why: unheard(.holder))
        }
    }

    private var learnedRoles: Learned<[String]> {
        learned(.holder, holder) { facts in
            var seen: Set<String> = []
            let names = facts.grants.compactMap { grant in
                grant.roleName ?? grant.roleID.flatMap { (try? roles[$0]?.get())?.roleName.map(console.quoted) }
            }
            return names.isEmpty ? nil : names.filter { seen.insert($0).inserted }
        }
    }

    /// Of several roles only what all of them grant is sure to hold everywhere, so all of them must be readable.
    private var learnedPermissions: Learned<Set<Permission>> {
        let why: Learned<TokenFacts> = learned(.holder, holder) { $0 }
        guard case .success(let facts) = holder else { return .unknown(why: why.why ?? "no answer in time") }
        guard !facts.grants.isEmpty, facts.grants.allSatisfy({ $0.roleID != nil }) else {
            return .unknown(why: "the console does not name the role")
        }
        guard facts.roleIDs.count <= Self.roleLimit else { return .unknown(why: "too many roles to ask about") }
        var held: Set<Permission>?
        for id in facts.roleIDs {
            switch roles[id] {
            case .success(let set): held = held.map { $0.intersection(set.granted) } ?? set.granted
            case .failure(let problem): return .unknown(why: problem.detail)
            case nil: return .unknown(why: unheard(.role(id)))
            }
        }
        return .known(held ?? [])
    }

    private var shown: [Permission: ConsoleReport.Ability] {
        var shown: [Permission: ConsoleReport.Ability] = [:]
        for stream in streams {
            switch answer(of: stream) {
            case .open: shown[Permission(stream.permission)] = .may
            case .refused(let problem): shown[Permission(stream.permission)] = .mayNot(why: problem.detail)
            case .failed, .unasked: break
            }
        }
        for (name, problem) in [
            ("Users.view", holder.map(\.problem)), ("Roles.view", roles.values.first.map(\.problem)),
        ] {
            switch problem {
            case .some(nil): shown[Permission(name)] = .may
            case .some(let problem?) where problem.kind == .permission:
                shown[Permission(name)] = .mayNot(why: problem.detail)
            case .some, nil: break
            }
        }
        return shown
    }

    private func answer(of stream: VendorStream) -> ConsoleReport.StreamAnswer {
        switch lists[stream] {
        case .success: return .open
        case .failure(let problem):
            switch problem.kind {
            case .unauthenticated, .permission, .scope, .licence, .rejected, .absent: return .refused(problem)
            case .unreachable, .throttled, .cursor, .console, .unintelligible: return .failed(problem)
            }
        case nil: return .unasked(why: unheard(.stream(stream)))
        }
    }
}

extension Learned {
    fileprivate func map<Other>(_ body: (Value) -> Other) -> Learned<Other> {
        switch self {
        case .known(let value): .known(body(value))
        case .unknown(let why): .unknown(why: why)
        }
    }
}
