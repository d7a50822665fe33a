package import JSONView

/// What a query found: rows of cells, under named columns.
package struct EventTable: Sendable {
    package let columns: [String]
    private let rows: [JSONView]
    /// Whether the console says nothing of rows that it left out: for want of time or room, or to be fetched elsewhere.
    package let isWhole: Bool

    package var count: Int { rows.count }

    /// The cells of a row, by column. A row may be shorter than the columns are many: what is missing is left out.
    package func cells(_ row: Int) -> [String: JSONView] {
        guard let cells = try? rows[row].elements else { return [:] }
        return Dictionary(zip(columns, cells)) { first, _ in first }
    }

    /// Of an answer that is done.
    init(_ answer: JSONView) throws(JSONProblem) {
        let data = answer["data"]
        let isElsewhere = [answer, data].contains { $0["fullResultUrl"].readableWords != nil }
        isWhole = !isElsewhere && ![answer, data].contains(where: Self.isCut)
        if isElsewhere, data["columns"].ifPresent == nil {
            (columns, rows) = ([], [])
        } else {
            columns = try data["columns"].elements.map { $0.readableText ?? $0["name"].readableText ?? "" }
            rows = data["values"].ifPresent == nil ? [] : Array(try data["values"].elements)
        }
    }

    /// A word that cannot be read is no reason to believe in all rows.
    private static func isCut(_ part: JSONView) -> Bool {
        part["partialResultsDueToTimeLimit"].ifPresent.map { $0.readableBool != false } ?? false
            || ["omittedEvents", "discardedArrayItems"].contains { name in
                part[name].ifPresent.map { $0.readableInteger != 0 } ?? false
            }
    }
}
