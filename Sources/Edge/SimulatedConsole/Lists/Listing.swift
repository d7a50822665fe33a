import Foundation
import Ports

/// How one stream is listed: its parameters, what it can be sorted by, and what it hides unless asked.
///
/// The sort is stable by (field, id); a cursor holds where the last page ended and a digest of every other parameter, so
/// that a walk whose parameters change half-way is refused instead of answered wrongly.
struct Listing<Row> {
    /// Makes a test out of a parameter's text.
    typealias Parameter = (_ name: String, _ text: String) throws(Refusal) -> (Row) -> Bool

    let id: (Row) -> Int64
    let sorts: [String: (Row) -> Int64]
    let parameters: [String: Parameter]
    /// Applies where the parameter of that name is not given.
    var unlessAsked: [String: (Row) -> Bool] = [:]

    struct Page {
        let rows: [Row]
        let cursor: String?
        let total: Int
    }

    private static var reserved: Set<String> {
        ["limit", "cursor", "skip", "sortBy", "sortOrder", "countOnly", "skipCount"]
    }

    func page(of rows: [Row], _ query: [(name: String, value: String)]) throws(Refusal) -> Page {
        var given: [String: String] = [:]
        for (name, value) in query {
            guard Self.reserved.contains(name) || parameters[name] != nil else {
                throw .notSimulated("the parameter \(name)")
            }
            guard given.updateValue(value, forKey: name) == nil else { throw .invalid("\(name): Given twice.") }
        }
        let limit = try integer(given["limit"], "limit", in: 1...1000) ?? 10
        let skip = try integer(given["skip"], "skip", in: 0...1000)
        let countOnly = try flag(given["countOnly"], "countOnly")
        let skipCount = try flag(given["skipCount"], "skipCount")
        let order = given["sortOrder"] ?? "asc"
        guard order == "asc" || order == "desc" else { throw .invalid("sortOrder: Not a valid choice.") }
        guard let key = sorts[given["sortBy"] ?? "id"] else { throw .invalid("sortBy: Not a valid choice.") }

        let matching = try rows.filter(test(given))
        let total = skipCount ? 0 : matching.count
        if countOnly { return Page(rows: [], cursor: nil, total: matching.count) }
        let isAscending = order == "asc"
        func isBefore(_ left: (Int64, Int64), _ right: (Int64, Int64)) -> Bool {
            isAscending ? left < right : right < left
        }
        var sorted = matching.map { (place: (key($0), id($0)), row: $0) }
        sorted.sort { isBefore($0.place, $1.place) }
        if let text = given["cursor"], !text.isEmpty {
            guard skip == nil else { throw .invalid("skip: Cannot be used with cursor.") }
            let last = try Cursor.read(text, digest: digest(given))
            sorted.removeFirst(sorted.firstIndex { isBefore(last, $0.place) } ?? sorted.count)
        }
        sorted.removeFirst(min(skip ?? 0, sorted.count))
        let page = sorted.prefix(limit)
        let next = page.count < sorted.count ? page.last.map { Cursor.text($0.place, digest: digest(given)) } : nil
        return Page(rows: page.map(\.row), cursor: next, total: total)
    }

    private func test(_ given: [String: String]) throws(Refusal) -> (Row) -> Bool {
        var tests: [(Row) -> Bool] = []
        for (name, text) in given {
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

/// Opaque to clients: base64 of where a page ended.
private enum Cursor {
    static func text(_ place: (Int64, Int64), digest: Int64) -> String {
        let value: JSON = ["after": .number(place.0), "id": .number(place.1), "query": .number(digest)]
        return Data(value.bytes.array).base64EncodedString()
    }

    static func read(_ text: String, digest: Int64) throws(Refusal) -> (Int64, Int64) {
        guard let data = Data(base64Encoded: text), let value = JSON(Bytes(Array(data))),
            let after = value["after"]?.integer, let id = value["id"]?.integer, let query = value["query"]?.integer
        else { throw .invalid("cursor: Not a valid cursor.") }
        guard query == digest else { throw .invalid("cursor: Belongs to a request with other parameters.") }
        return (after, id)
    }
}
