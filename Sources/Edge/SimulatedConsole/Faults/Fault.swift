import Ports

/// A lie or a failure to come, on one route, so many times.
struct Fault: Sendable {
    enum Kind: Sendable, Equatable {
        /// Done, and the connection closed without an answer.
        case loseReply
        /// Never arrived.
        case loseRequest
        /// Answered so, and nothing done.
        case status(Int)
        /// Done, and answered so.
        case statusAfterEffect(Int)
        /// Accepted at once; the effect comes after `delay`.
        case effectLate
        /// Answered after `delay`.
        case slow
    }

    let route: String
    let kind: Kind
    let delay: Duration?
    var times: Int
}

extension Fault {
    /// Reads `{"route", "kind", "status", "times", "delayMilliseconds"}`.
    init(_ body: Bytes) throws(Refusal) {
        guard case .object(let members)? = JSON(body) else { throw .invalid("the body is not a JSON object") }
        let keys = ["route", "kind", "status", "times", "delayMilliseconds"]
        if let odd = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .invalid("\(odd): unknown; known: \(keys.joined(separator: ", "))")
        }
        let route = members["route"]?.string ?? ""
        guard Operation.names.contains(route) else {
            throw .invalid("route: one of \(Operation.names.joined(separator: ", "))")
        }
        let milliseconds = try Self.number("delayMilliseconds", members, in: 0...86_400_000)
        let status = Int(try Self.number("status", members, in: 200...599) ?? 500)
        let kinds: [String: Kind] = [
            "lose-reply": .loseReply, "lose-request": .loseRequest, "status": .status(status),
            "status-after-effect": .statusAfterEffect(status), "effect-late": .effectLate, "slow": .slow,
        ]
        guard let kind = kinds[members["kind"]?.string ?? ""] else {
            throw .invalid("kind: one of \(kinds.keys.sorted().joined(separator: ", "))")
        }
        self.init(
            route: route, kind: kind, delay: milliseconds.map { .milliseconds($0) },
            times: Int(try Self.number("times", members, in: 1...1_000_000) ?? 1))
    }

    private static func number(
        _ name: String, _ members: [String: JSON], in range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64? {
        guard let value = members[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .invalid("\(name): an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
