package import Ports

/// A name and a value of a request's query.
package typealias Parameter = (name: String, value: String)

/// Something that narrows a query.
package protocol QueryPart: Hashable, Sendable {
    var parameters: [Parameter] { get }
}

/// A time by which rows are asked for and sorted.
package protocol RowTime: Hashable, Sendable {
    /// As filters name it.
    var field: String { get }
    /// As sorting names it.
    var sort: String { get }
}

/// A kind of row, and by what it can be asked for. What the API refuses has no spelling here: alerts have no time of
/// their last change, sites have no time at all.
package protocol Listed {
    /// Lists of ids: of itself, or of what it is about.
    associatedtype Subject: QueryPart
    associatedtype Time: RowTime
    associatedtype Scope: QueryPart
    associatedtype Filter: QueryPart
    static var stream: VendorStream { get }
    static var path: String { get }
    /// Asked with every query.
    static var always: [Parameter] { get }
}

extension Listed {
    package static var always: [Parameter] { [] }
}

// For what a kind of row cannot be asked by.
extension Never: QueryPart, RowTime {
    package var parameters: [Parameter] { switch self {} }
    package var field: String { switch self {} }
    package var sort: String { switch self {} }
}

/// Which moments of a row are wanted.
package enum When<Time: RowTime>: QueryPart {
    /// That moment and everything after it.
    case since(Time, Timestamp)
    /// From the first moment on, up to the second and without it.
    case within(Time, Range<Timestamp>)

    package var time: Time {
        switch self {
        case .since(let time, _), .within(let time, _): time
        }
    }

    package var parameters: [Parameter] {
        switch self {
        case .since(let time, let start): [("\(time.field)__gte", start.asked)]
        case .within(let time, let range):
            [
                ("\(time.field)__gte", range.lowerBound.asked),
                ("\(time.field)__lt", range.upperBound.asked),
            ]
        }
    }
}

extension Timestamp {
    /// As a request writes it, within the years that a console can read: it holds nothing from before 1970.
    var asked: String { min(max(self, .zero), Timestamp.writable.upperBound).description }
}

/// What is asked of one list. Two equal queries make equal requests, which is what a walk by cursor needs.
///
/// A query holds one list of ids, of its subject or of its scope, because two do not fit into a request line.
package struct Query<Rows: Listed>: Hashable, Sendable {
    private let subject: Rows.Subject?
    private let scope: Rows.Scope?
    private let when: When<Rows.Time>?
    private let filter: Rows.Filter?
    /// Rows per page: the most that the console gives, unless fewer are asked for.
    package let limit: Int
    /// Whether the console counts all rows; a page comes faster where it does not.
    package let counts: Bool

    /// By id.
    package init(
        about subject: Rows.Subject, when: When<Rows.Time>? = nil, only filter: Rows.Filter? = nil, limit: Int = .max,
        counting counts: Bool = true
    ) {
        self.init(subject, nil, when, filter, limit, counts)
    }

    /// In a part of what the token reaches, or in all of it.
    package init(
        within scope: Rows.Scope? = nil, when: When<Rows.Time>? = nil, only filter: Rows.Filter? = nil,
        limit: Int = .max, counting counts: Bool = true
    ) {
        self.init(nil, scope, when, filter, limit, counts)
    }

    private init(
        _ subject: Rows.Subject?, _ scope: Rows.Scope?, _ when: When<Rows.Time>?, _ filter: Rows.Filter?,
        _ limit: Int, _ counts: Bool
    ) {
        self.subject = subject
        self.scope = scope
        self.when = when
        self.filter = filter
        self.limit = min(max(limit, 1), Rows.stream.pageLimit)
        self.counts = counts
    }

    /// Which rows, always in the same order.
    var selection: [Parameter] {
        let chosen = [subject?.parameters, scope?.parameters, when?.parameters, filter?.parameters]
        return Rows.always + chosen.compactMap { $0 }.joined()
    }

    /// By the time asked for, so that a walk that ends early ends at a watermark; else by id, which does not move.
    var sorting: [Parameter] { [("sortBy", when?.time.sort ?? Rows.stream.steadySort), ("sortOrder", "asc")] }
}
