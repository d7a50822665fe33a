import Ports

/// A lie or a failure to come: which calls it meets, how often, and what it does to them.
struct Fault: Sendable, Equatable {
    /// Everything that can go wrong with one call. What is answered instead of the truth says whether the call was
    /// carried out: an answer of another kind replaces the work, a damaged answer comes after it.
    enum Kind: Sendable, Equatable {
        /// Done, and the connection closed without an answer.
        case loseReply
        /// Never arrived.
        case loseRequest
        /// Answered so, and nothing done.
        case status(Int, Sheet)
        /// Done, and answered so.
        case statusAfterEffect(Int, Sheet)
        /// Accepted at once; the effect comes after `delay`.
        case effectLate
        /// Answered after `delay`.
        case slow
        /// Nothing done, and 429 with such a `Retry-After`.
        case tooMany(retryAfter: String?, Sheet)
        /// Nothing done, and 403 for that reason.
        case forbidden(Reason)
        /// Where 403 is due, 401.
        case unauthorizedForForbidden
        /// Nothing done, and sent elsewhere.
        case redirect(Int, String)
        /// Done, and 200 with `errors` beside the rest.
        case errorsBeside
        /// Done, and another number of changed objects told; nil tells none.
        case affected(Int?)
        case cutBody(Int)
        case slowDrip(bytes: Int, pause: Duration)
        case wrongLength(Int)
        case emptyBody
        case gzipBomb(Int)
        case garbage
        /// Nothing done where the request carries a cursor.
        case expiredCursor
        case lie(Lie)
    }

    /// What an answer is written on that is not the wanted one.
    enum Sheet: String, Sendable, CaseIterable { case json, html, login, text, empty }

    enum Reason: String, Sendable, CaseIterable { case permission, scope, licence }

    /// An operation's name, or `*`.
    let route: String
    let method: String?
    /// Meets only calls that need this permission.
    let permission: String?
    let kind: Kind
    /// As it was ordered: what lists of faults show.
    let name: String
    let delay: Duration?
    var times: Int
    let every: Int
    let percent: Int
    let from: Timestamp?
    let until: Timestamp?
    /// How many calls it has met, whether or not it struck.
    var met = 0

    func concerns(_ operation: Operation) -> Bool {
        (route == "*" || route == operation.name) && (method ?? operation.method) == operation.method
            && (permission == nil || permission == operation.permission)
    }

    func isDue(at moment: Timestamp) -> Bool { from.map { $0 <= moment } ?? true && until.map { moment < $0 } ?? true }

    var lie: Lie? { if case .lie(let lie) = kind { lie } else { nil } }
}

extension SimulatedConsole {
    /// What goes wrong with this call: the first failure that strikes, and every lie that does. What struck its last
    /// time is gone.
    mutating func strike(_ operation: Operation) -> (failure: Fault?, lies: Lies?) {
        guard !faults.isEmpty else { return (nil, nil) }
        var failure: Fault?
        var lies: [Lie] = []
        for index in faults.indices where faults[index].concerns(operation) && faults[index].isDue(at: now) {
            let isLie = faults[index].lie != nil
            // Those behind a failure that strikes have not met the call.
            guard isLie || failure == nil else { continue }
            faults[index].met += 1
            let fault = faults[index]
            var dice = Dice(settings.seed, 4_000_000_000 + requests * 64 + index)
            guard fault.met % fault.every == 0, dice.below(100) < fault.percent else { continue }
            faults[index].times -= 1
            if let lie = fault.lie { lies.append(lie) } else { failure = fault }
        }
        faults.removeAll { $0.times <= 0 }
        return (failure, lies.isEmpty ? nil : Lies(lies, seed: settings.seed &+ UInt64(requests)))
    }

    var faultTruth: JSON {
        .list(
            faults.map { fault in
                [
                    "route": .text(fault.route), "kind": .text(fault.name), "times": .number(Int64(fault.times)),
                    "met": .number(Int64(fault.met)), "every": .number(Int64(fault.every)),
                    "percent": .number(Int64(fault.percent)), "from": .time(fault.from), "until": .time(fault.until),
                ]
            })
    }
}
