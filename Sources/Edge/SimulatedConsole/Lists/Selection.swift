import Ports

/// Which records a request selects: what its parameters say, read.
struct Selection<Row> {
    /// Some microseconds, both ends included; none where the first is past the last.
    struct Span {
        var first = Int64.min
        var last = Int64.max

        func contains(_ moment: Int64) -> Bool { first <= moment && moment <= last }
    }

    var scoping: Scoping
    /// Of these records and of no others.
    var ids: Set<Int64>?
    /// Of the times that a stock keeps at hand, by name.
    var spans: [String: Span] = [:]
    var tests: [(Row) -> Bool] = []
    /// What threats of an endpoint have to be, for endpoints that are asked for by their threats.
    var threats: [(ThreatRow) -> Bool] = []
    /// By ordinal, whether a record may be selected; nil where every one may.
    var among: [Bool]?

    /// What is hidden of all this, by ordinal.
    var hidden: [(Int) -> Bool] = []

    init(_ scoping: Scoping) { self.scoping = scoping }

    mutating func bound(_ name: String, to span: Span) {
        let former = spans[name] ?? Span()
        spans[name] = Span(first: max(former.first, span.first), last: min(former.last, span.last))
    }

    mutating func keep(ids wanted: Set<Int64>) { ids = ids?.intersection(wanted) ?? wanted }
}

/// One parameter of a list: reads its text into what is selected, or refuses it.
struct Parameter<Row>: Sendable {
    let name: String
    let read: @Sendable (String, inout Selection<Row>) throws(Refusal) -> Void
}
