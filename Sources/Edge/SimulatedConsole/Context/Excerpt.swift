import Foundation
import Ports

/// A page of a short list: of what belongs to one thing, made anew for every request. Streams are listed otherwise.
///
/// The sort is stable by (field, id); a bookmark holds where the last page ended and a digest of every other parameter,
/// so that a walk whose parameters change half-way is refused instead of answered wrongly.
struct Excerpt<Row> {
    /// Makes a test out of a parameter's text.
    typealias Parameter = (_ name: String, _ text: String) throws(Refusal) -> (Row) -> Bool
    typealias Key = (Row) -> Int64

    let id: Key
    let sorts: [String: Key]
    let parameters: [String: Parameter]
    /// Applies where the parameter of that name is not given.
    var unlessAsked: [String: (Row) -> Bool] = [:]
    var skipLimit = 1_000

    private static var reserved: Set<String> {
        ["limit", "cursor", "skip", "sortBy", "sortOrder", "countOnly", "skipCount"]
    }

    /// What `GET` answers to that query, row by row as `write` has it.
    func answer(
        _ rows: [Row], to query: [(name: String, value: String)], _ write: (Row, inout JSONWriter) -> Void
    ) throws(Refusal) -> Bytes {
        let given = try given(query)
        let limit = try integer(given["limit"], "limit", in: 1...1_000) ?? 10
        let skip = try integer(given["skip"], "skip", in: 0...skipLimit)
        let matching = try rows.filter(test(given))
        var page = try flag(given["countOnly"], "countOnly") ? [] : try sorted(matching, given)
        if let text = given["cursor"], !text.isEmpty {
            guard skip == nil else { throw .invalid("skip: Cannot be used with cursor.") }
            let last = try Bookmark.read(text, digest: digest(given))
            page.removeFirst((page.firstIndex { $0.place == last }).map { $0 + 1 } ?? page.count)
        }
        page.removeFirst(min(skip ?? 0, page.count))
        let isCut = page.count > limit
        page = Array(page.prefix(limit))
        let next = isCut ? page.last.map { Bookmark.text($0.place, digest: digest(given)) } : nil
        let total = try flag(given["skipCount"], "skipCount") ? 0 : matching.count
        var out = JSONWriter(reserving: 2_048 * (page.count + 1))
        out.object { out in
            out.list("data", of: page) { write($1.row, &$0) }
            out.object("pagination") { out in
                out.text("nextCursor", next)
                out.number("totalItems", total)
            }
        }
        return out.bytes
    }

    private func given(_ query: [(name: String, value: String)]) throws(Refusal) -> [String: String] {
        var given: [String: String] = [:]
        for (name, value) in query {
            guard Self.reserved.contains(name) || parameters[name] != nil else {
                throw .notSimulated("the parameter \(name)")
            }
            guard given.updateValue(value, forKey: name) == nil else { throw .invalid("\(name): Given twice.") }
        }
        return given
    }

    private func sorted(
        _ rows: [Row], _ given: [String: String]
    ) throws(Refusal) -> [(place: Bookmark, row: Row)] {
        let order = given["sortOrder"] ?? "asc"
        guard order == "asc" || order == "desc" else { throw .invalid("sortOrder: Not a valid choice.") }
        guard let key = sorts[given["sortBy"] ?? "id"] else { throw .invalid("sortBy: Not a valid choice.") }
        let placed = rows.map { (place: Bookmark(value: key($0), id: id($0)), row: $0) }
        return placed.sorted { order == "asc" ? $0.place < $1.place : $1.place < $0.place }
    }

    private func test(_ given: [String: String]) throws(Refusal) -> (Row) -> Bool {
        var tests: [(Row) -> Bool] = []
        for (name, text) in given.sorted(by: { $0.key < $1.key }) {
            if let parameter = parameters[name] { tests.append(try parameter(name, text)) }
        }
        for (name, test) in unlessAsked where given[name] == nil { tests.append(test) }
        return { row in tests.allSatisfy { $0(row) } }
    }

    private func integer(_ text: String?, _ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid("\(name): Must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }

    private func flag(_ text: String?, _ name: String) throws(Refusal) -> Bool {
        guard let value = ["true": true, "false": false][(text ?? "false").lowercased()] else {
            throw .invalid("\(name): Not a valid boolean.")
        }
        return value
    }

    /// FNV-1a over everything but the cursor.
    private func digest(_ given: [String: String]) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (name, value) in given.sorted(by: { $0.key < $1.key }) where name != "cursor" {
            for byte in "\(name)=\(value)\n".utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return Int64(bitPattern: hash)
    }
}

// What parameters are made of.
extension Excerpt {
    /// Comma-separated ids, any of which the row has.
    static func ids(_ id: @escaping (Row) -> Int64?) -> Parameter {
        { (name, text) throws(Refusal) in
            var wanted: Set<Int64> = []
            for part in text.split(separator: ",") {
                guard let number = Int64(part), number >= 100_000_000_000_000_000 else {
                    throw .invalid("\(name): Not a valid identifier.")
                }
                wanted.insert(number)
            }
            return { row in id(row).map(wanted.contains) ?? false }
        }
    }

    /// Comma-separated values out of a closed list.
    static func choices(_ known: [String], _ value: @escaping (Row) -> String) -> Parameter {
        { (name, text) throws(Refusal) in
            let wanted = Set(text.split(separator: ",").map(String.init))
            if let odd = wanted.sorted().first(where: { !known.contains($0) }) {
                throw .invalid("\(name): \(odd) is not a valid choice.")
            }
            return { wanted.contains(value($0)) }
        }
    }

    static func flags(_ value: @escaping (Row) -> Bool) -> Parameter {
        choices(["true", "false"]) { value($0) ? "true" : "false" }
    }

    /// Any of comma-separated parts, in any case of letters.
    static func containing(_ text: @escaping (Row) -> String) -> Parameter {
        { (_, wanted) throws(Refusal) in
            let parts = wanted.lowercased().split(separator: ",")
            return { row in parts.contains { text(row).lowercased().contains($0) } }
        }
    }
}

/// Where a page ended. Opaque to clients: base64.
struct Bookmark: Comparable {
    let value: Int64
    let id: Int64

    static func < (left: Bookmark, right: Bookmark) -> Bool { (left.value, left.id) < (right.value, right.id) }

    static func text(_ place: Bookmark, digest: Int64) -> String {
        let value: JSON = ["after": .number(place.value), "id": .number(place.id), "query": .number(digest)]
        return Data(value.bytes.array).base64EncodedString()
    }

    static func read(_ text: String, digest: Int64) throws(Refusal) -> Bookmark {
        guard let data = Data(base64Encoded: text), let value = JSON(Bytes(Array(data))),
            let after = value["after"]?.integer, let id = value["id"]?.integer, let query = value["query"]?.integer
        else { throw .invalid("cursor: Not a valid cursor.") }
        guard query == digest else { throw .invalid("cursor: Belongs to a request with other parameters.") }
        return Bookmark(value: after, id: id)
    }
}
