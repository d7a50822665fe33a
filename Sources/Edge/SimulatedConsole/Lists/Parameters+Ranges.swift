import Ports

// Fields that have an order: times, numbers, versions.
extension Parameters {
    typealias Span = Selection<Row>.Span

    private static var comparisons: [(suffix: String, span: @Sendable (Int64) -> Span)] {
        [
            ("__gt", { Span(first: $0 + 1) }), ("__gte", { Span(first: $0) }),
            ("__lt", { Span(last: $0 - 1) }), ("__lte", { Span(last: $0) }),
        ]
    }

    /// `__gt`, `__gte`, `__lt` and `__lte` of a time that the stock keeps at hand.
    static func times(_ name: String) -> Parameters {
        Parameters(
            comparisons.map { suffix, span in
                (
                    name + suffix,
                    { (parameter, text, selection) throws(Refusal) in
                        selection.bound(name, to: span(try Reading.time(parameter, text)))
                    }
                )
            })
    }

    /// `__between` of the same, in milliseconds since 1970.
    static func timesBetween(_ name: String) -> Parameters {
        one(name + "__between") { (parameter, text, selection) throws(Refusal) in
            selection.bound(name, to: try span(parameter, text))
        }
    }

    /// The five of a time that a row tells.
    static func times(_ name: String, _ time: @escaping @Sendable (Row) -> Timestamp?) -> Parameters {
        let bounds = comparisons.map { suffix, span -> (String, Read) in
            (
                name + suffix,
                { (parameter, text, selection) throws(Refusal) in
                    let span = span(try Reading.time(parameter, text))
                    selection.tests.append { row in time(row).map { span.contains($0.microseconds) } ?? false }
                }
            )
        }
        let between: (String, Read) = (
            name + "__between",
            { (parameter, text, selection) throws(Refusal) in
                let span = try span(parameter, text)
                selection.tests.append { row in time(row).map { span.contains($0.microseconds) } ?? false }
            }
        )
        return Parameters(bounds + [between])
    }

    /// Milliseconds from and to, the last of them to its end.
    private static func span(_ name: String, _ text: String) throws(Refusal) -> Span {
        let (first, last) = try Reading.pair(name, text)
        return Span(
            first: Timestamp(milliseconds: first).microseconds,
            last: (Timestamp(milliseconds: last) + .microseconds(999)).microseconds)
    }

    /// Exactly this moment.
    static func moment(_ name: String, _ time: @escaping @Sendable (Row) -> Timestamp?) -> Parameters {
        one(name) { (parameter, text, selection) throws(Refusal) in
            let wanted = try Reading.time(parameter, text)
            selection.tests.append { time($0)?.microseconds == wanted }
        }
    }

    static func number(_ name: String, _ number: @escaping @Sendable (Row) -> Int?) -> Parameters {
        one(name) { (parameter, text, selection) throws(Refusal) in
            let wanted = try Reading.integer(parameter, text)
            selection.tests.append { row in number(row).map { Int64($0) == wanted } ?? false }
        }
    }

    static func moreThan(_ name: String, _ number: @escaping @Sendable (Row) -> Int) -> Parameters {
        Parameters(all: numbers(name, number).all.filter { $0.name.hasSuffix("__gt") })
    }

    /// `__between`, `__gt`, `__gte`, `__lt` and `__lte`.
    static func numbers(_ name: String, _ number: @escaping @Sendable (Row) -> Int) -> Parameters {
        let bounds = comparisons.map { suffix, span -> (String, Read) in
            (
                name + suffix,
                { (parameter, text, selection) throws(Refusal) in
                    let span = span(try Reading.integer(parameter, text))
                    selection.tests.append { span.contains(Int64(number($0))) }
                }
            )
        }
        let between: (String, Read) = (
            name + "__between",
            { (parameter, text, selection) throws(Refusal) in
                let (first, last) = try Reading.pair(parameter, text)
                selection.tests.append { (first...last).contains(Int64(number($0))) }
            }
        )
        return Parameters(bounds + [between])
    }

    /// The same of versions, compared number by number.
    static func versions(_ name: String, _ version: @escaping @Sendable (Row) -> String) -> Parameters {
        let holds: [(String, @Sendable ([Int], [Int]) -> Bool)] = [
            ("__gt", { Reading.isBefore($1, $0) }), ("__gte", { !Reading.isBefore($0, $1) }),
            ("__lt", { Reading.isBefore($0, $1) }), ("__lte", { !Reading.isBefore($1, $0) }),
        ]
        let bounds = holds.map { suffix, holds -> (String, Read) in
            (
                name + suffix,
                { (parameter, text, selection) throws(Refusal) in
                    let bound = try Self.version(parameter, text)
                    selection.tests.append { holds(Reading.version(version($0)) ?? [], bound) }
                }
            )
        }
        let between: (String, Read) = (
            name + "__between",
            { (parameter, text, selection) throws(Refusal) in
                let parts = text.split(separator: "-").map(String.init)
                guard parts.count == 2 else { throw .invalid("\(parameter): Not a valid range.") }
                let (first, last) = (try Self.version(parameter, parts[0]), try Self.version(parameter, parts[1]))
                selection.tests.append { row in
                    let own = Reading.version(version(row)) ?? []
                    return !Reading.isBefore(own, first) && !Reading.isBefore(last, own)
                }
            }
        )
        return Parameters(bounds + [between])
    }

    private static func version(_ name: String, _ text: String) throws(Refusal) -> [Int] {
        guard let version = Reading.version(text) else { throw .invalid("\(name): Not a valid version.") }
        return version
    }
}
