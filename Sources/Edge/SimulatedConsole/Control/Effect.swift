import Ports

/// One state-changing call as it really was: the truth that tests and operators compare with what a client believes.
struct Effect: Sendable {
    let at: Timestamp
    let action: String
    /// Nil where the token was nobody's.
    let by: Person?
    let viaAPI: Bool
    let filter: JSON
    let status: Int
    /// The objects that it changed.
    let ids: [Int64]
    let effectiveAt: Timestamp?

    var row: JSON {
        [
            "at": .time(at), "action": .text(action), "userId": .id(by?.id), "user": by.map { .text($0.name) } ?? .null,
            "via": viaAPI ? "api" : "people", "filter": filter, "status": .number(Int64(status)),
            "affected": .number(Int64(ids.count)), "ids": .list(ids.map { .id($0) }),
            "effectiveAt": .time(effectiveAt),
        ]
    }
}
