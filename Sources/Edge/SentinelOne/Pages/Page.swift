import JSONView
package import Ports

/// One page of a list. An item that cannot be read does not cost its neighbours.
package struct Page: Sendable {
    package struct Item: Sendable {
        /// Its place on the page.
        package let index: Int
        /// The console's object, byte for byte.
        package let bytes: Bytes
        package let id: String
        /// The endpoint it is about; nil where it is about none.
        package let agentID: String?
        package let siteID: String?
        package let accountID: String?
        package let createdAt: VendorTime?
        package let updatedAt: VendorTime?
        /// Of an alert: when it reached the console.
        package let reportedAt: VendorTime?
    }

    package struct Unreadable: Sendable {
        package let index: Int
        package let bytes: Bytes
        package let reason: String
    }

    package let items: [Item]
    package let unreadable: [Unreadable]
    /// nil at the end of the walk.
    package let nextCursor: Cursor?
    /// Of the whole walk, where the console counted.
    package let totalItems: RowCount?

    /// Readable or not.
    package var rowCount: Int { items.count + unreadable.count }

    /// Whether this one page is all there is, and all of it could be read. Half of the truth proves nothing.
    package var isWhole: Bool { unreadable.isEmpty && nextCursor == nil && totalItems?.least ?? 0 <= items.count }

    /// Ten times what is asked for: a console that gives more does not understand `limit`.
    static let itemLimit = 10_000

    /// Reads an answer. Throws only when there is no page in it.
    package init(_ result: HTTPResult, of stream: VendorStream, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let (view, isSuspect) = try Self.document(in: answer, from: console)
        do throws(JSONProblem) {
            let rows = Self.rows(of: stream, in: view["data"])
            var items: [Item] = []
            var unreadable: [Unreadable] = []
            for (index, element) in try rows.elements.enumerated() {
                guard index < Self.itemLimit else { throw rows.problem(expected: "at most \(Self.itemLimit) items") }
                let bytes = try element.raw
                do {
                    // Only where the page as a whole was refused is each item asked whether it is the reason.
                    let item = isSuspect ? try JSONView(parsing: bytes) : element
                    items.append(try Item(item, bytes, index: index, of: stream))
                } catch {
                    unreadable.append(Unreadable(index: index, bytes: bytes, reason: console.quoted(error.detail)))
                }
            }
            self.items = items
            self.unreadable = unreadable
            nextCursor = try Self.cursor(view["pagination"]["nextCursor"])
            let total = RowCount(view["pagination"]["totalItems"].readableInteger, of: stream)
            // Asked not to count, the console says 0: beside a row or a cursor that is no count.
            let isCounted = total?.least != 0 || items.isEmpty && unreadable.isEmpty && nextCursor == nil
            totalItems = isCounted ? total : nil
        } catch {
            throw ReadProblem.unintelligible(error, answer, from: console)
        }
    }

    /// Sites come with their totals around them.
    private static func rows(of stream: VendorStream, in data: JSONView) -> JSONView {
        stream == .sites && data.kind == .object ? data["sites"] : data
    }

    /// The page under the usual limits, or, because of one bad item, under wide ones.
    private static func document(
        in answer: HTTPAnswer, from console: Console
    ) throws(ReadProblem) -> (JSONView, isSuspect: Bool) {
        do {
            return (try ReadProblem.document(in: answer, from: console), false)
        } catch {
            guard error.kind == .unintelligible else { throw error }
            var wide = JSONLimits.standard
            wide.depth = 1_000_000
            wide.toleratesInvalidText = true
            return (try ReadProblem.document(in: answer, from: console, limits: wide), true)
        }
    }

    /// The end is spelled null, "", "null", or left out.
    private static func cursor(_ view: JSONView) throws(JSONProblem) -> Cursor? {
        guard let view = view.ifPresent else { return nil }
        let text = view.kind == .number ? try view.id : try view.text
        return text.isEmpty || text == "null" ? nil : Cursor(text)
    }
}
