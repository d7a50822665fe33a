import Ports

/// How one stream is listed: its parameters, what it can be sorted by, and what it hides unless asked.
///
/// The sort is stable by (field, id), both ways. A page is looked for where it begins, in an order that is kept or was
/// made for this question before; what no page shows is not even made.
struct Listing<Row>: Sendable {
    let stream: String
    var maximum = 1_000
    /// What a count never exceeds.
    var totalLimit = Int.max
    let id: @Sendable (Row) -> Int64
    let updatedAt: @Sendable (Row) -> Timestamp
    let sorts: [String: @Sendable (Row) -> SortKey]
    let parameters: [String: Parameter<Row>]
    let write: @Sendable (Row, inout JSONWriter) -> Void

    struct Page {
        var rows: [Row] = []
        var next: Spot?
        var total = 0
    }

    /// Every parameter by name; what is given twice or not known is refused.
    func given(_ query: [(name: String, value: String)]) throws(Refusal) -> [String: String] {
        var given: [String: String] = [:]
        for (name, value) in query {
            guard Paging.names.contains(name) || parameters[name] != nil else {
                throw .notSimulated("the parameter \(name)")
            }
            guard given.updateValue(value, forKey: name) == nil else { throw .invalid("\(name): Given twice.") }
        }
        return given
    }

    func selection(_ given: [String: String], _ scoping: Scoping) throws(Refusal) -> Selection<Row> {
        var selection = Selection<Row>(scoping)
        // By name, so that of several mistakes the same one is always told.
        for (name, text) in given.sorted(by: { $0.key < $1.key }) {
            try parameters[name]?.read(text, &selection)
        }
        return selection
    }
}
