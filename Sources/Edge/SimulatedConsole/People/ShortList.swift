import Foundation
import Ports

/// Pages through a list of a few that nobody filters by time: users, roles. Its cursor is a place in the list.
struct ShortList {
    private static let known: Set<String> = [
        "limit", "cursor", "skip", "countOnly", "skipCount", "ids", "sortBy", "sortOrder",
    ]

    private let limit: Int
    private let first: Int
    private let isCountOnly: Bool
    private let ids: Set<String>?
    private let sortBy: String
    private let isAscending: Bool

    init(_ query: [(name: String, value: String)]) throws(Refusal) {
        var given: [String: String] = [:]
        for (name, value) in query {
            guard Self.known.contains(name) else { throw .notSimulated("the parameter \(name)") }
            given[name] = value
        }
        limit = try Self.integer("limit", given, in: 1...1000) ?? 10
        let skip = try Self.integer("skip", given, in: 0...1000)
        isCountOnly = given["countOnly"]?.lowercased() == "true"
        ids = given["ids"].map { Set($0.split(separator: ",").map(String.init)) }
        sortBy = given["sortBy"] ?? "id"
        let order = given["sortOrder"] ?? "asc"
        guard order == "asc" || order == "desc" else { throw .invalid("sortOrder: Not a valid choice.") }
        isAscending = order == "asc"
        if let cursor = given["cursor"], !cursor.isEmpty {
            guard skip == nil else { throw .invalid("skip: Cannot be used with cursor.") }
            guard let text = Data(base64Encoded: cursor), text.starts(with: Data("place:".utf8)),
                let place = Int(String(decoding: text.dropFirst(6), as: UTF8.self)), place >= 0
            else { throw .invalid("cursor: Not a valid cursor.") }
            first = place
        } else {
            first = skip ?? 0
        }
    }

    func page(of rows: [JSON]) throws(Refusal) -> Bytes {
        guard rows.allSatisfy({ $0[sortBy] != nil }) else { throw .invalid("sortBy: Not a valid choice.") }
        var matching = rows.filter { row in ids?.contains(row["id"]?.string ?? "") ?? true }
        matching.sort { left, right in
            let (left, right) = (place(of: left), place(of: right))
            return isAscending ? left < right : right < left
        }
        let page = isCountOnly ? [] : Array(matching.dropFirst(first).prefix(limit))
        let isLast = isCountOnly || first + page.count >= matching.count
        let next = Data("place:\(first + page.count)".utf8).base64EncodedString()
        return JSON.object([
            "data": .list(page),
            "pagination": [
                "totalItems": .number(Int64(matching.count)), "nextCursor": isLast ? .null : .text(next),
            ],
        ]).bytes
    }

    /// By that member, then by id.
    private func place(of row: JSON) -> (Int64, String, String) {
        let value = row[sortBy]
        return (value?.integer ?? 0, value?.string ?? "", row["id"]?.string ?? "")
    }

    private static func integer(
        _ name: String, _ given: [String: String], in range: ClosedRange<Int>
    ) throws(Refusal) -> Int? {
        guard let text = given[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid("\(name): Must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }
}
