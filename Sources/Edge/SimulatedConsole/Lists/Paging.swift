import Ports

/// Which page of what is selected: the parameters that every list has.
struct Paging {
    static let names: Set<String> = [
        "limit", "cursor", "skip", "sortBy", "sortOrder", "countOnly", "skipCount",
    ]

    var limit = 10
    var skip = 0
    var sort = "id"
    var isAscending = true
    var countsOnly = false
    var skipsCount = false
    var cursor: String?
    /// Of all that was asked, the cursor apart.
    let digest: UInt64
    /// Of what is selected and how it is sorted, wherever the page begins and however long it is.
    let selection: UInt64

    init(_ given: [String: String], of stream: String, upTo maximum: Int, sorts: Set<String>) throws(Refusal) {
        let all = given.filter { $0.key != "cursor" }
        digest = Self.digest(all, stream)
        selection = Self.digest(all.filter { !Self.names.contains($0.key) }, stream)
        limit = try Self.integer(given["limit"], "limit", in: 1...maximum) ?? limit
        countsOnly = try Self.flag(given["countOnly"], "countOnly")
        skipsCount = try Self.flag(given["skipCount"], "skipCount")
        sort = given["sortBy"] ?? sort
        guard sorts.contains(sort) else { throw .invalid("sortBy: Not a valid choice.") }
        let order = given["sortOrder"] ?? "asc"
        guard order == "asc" || order == "desc" else { throw .invalid("sortOrder: Not a valid choice.") }
        isAscending = order == "asc"
        if let text = given["cursor"], !text.isEmpty { cursor = text }
        let skip = try Self.integer(given["skip"], "skip", in: 0...1_000)
        guard skip == nil || cursor == nil else { throw .invalid("skip: Cannot be used with cursor.") }
        self.skip = skip ?? 0
    }

    private static func integer(_ text: String?, _ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid("\(name): Must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }

    private static func flag(_ text: String?, _ name: String) throws(Refusal) -> Bool {
        guard let value = Reading.flag(text ?? "false") else { throw .invalid("\(name): Not a valid boolean.") }
        return value
    }

    /// FNV-1a.
    private static func digest(_ given: [String: String], _ stream: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        add(stream)
        for (name, value) in given.sorted(by: { $0.key < $1.key }) { add("\n\(name)=\(value)") }
        return hash
    }
}
