import Ports

/// A line of a table of parameters: one field, and the parameters that ask for it.
struct Parameters<Row> {
    typealias Read = @Sendable (_ name: String, _ text: String, inout Selection<Row>) throws(Refusal) -> Void

    let all: [Parameter<Row>]

    init(_ names: [(name: String, read: Read)]) {
        all = names.map { name, read in
            Parameter(name: name) { (text, selection) throws(Refusal) in try read(name, text, &selection) }
        }
    }

    static func one(_ name: String, _ read: @escaping Read) -> Parameters { Parameters([(name, read)]) }

    static func table(_ lines: [Parameters]) -> [String: Parameter<Row>] {
        Dictionary(uniqueKeysWithValues: lines.flatMap(\.all).map { ($0.name, $0) })
    }

    /// `accountIds`, `siteIds` and `groupIds`.
    static var scopes: Parameters { Parameters(Scoping.Level.allCases.map { scope("\($0.rawValue)Ids", $0) }) }

    static func scope(_ name: String, _ level: Scoping.Level) -> (String, Read) {
        (
            name,
            { (name, text, selection) throws(Refusal) in
                try selection.scoping.narrow(to: level, try Reading.ids(name, text, upTo: 500))
            }
        )
    }

    /// `tenant`: of everything, where it is true.
    static var tenant: Parameters {
        one("tenant") { (name, text, selection) throws(Refusal) in
            guard let flag = Reading.flag(text) else { throw .invalid("\(name): Not a valid boolean.") }
            if flag { try selection.scoping.requireTenant() }
        }
    }

    /// The record's own id, for which nothing has to be searched.
    static func own(_ name: String) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            selection.keep(ids: try Reading.ids(name, text, upTo: 5_000))
        }
    }

    static func ids(_ name: String, _ id: @escaping @Sendable (Row) -> Int64?) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            let wanted = try Reading.ids(name, text, upTo: 5_000)
            selection.tests.append { row in id(row).map(wanted.contains) ?? false }
        }
    }

    /// Any of some texts; of `known` ones only, where they are told.
    static func any(
        _ name: String, of known: [String]? = nil, upTo maximum: Int = 5_000,
        _ values: @escaping @Sendable (Row) -> [String]
    ) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            let wanted = try Reading.choices(name, text, of: known, upTo: maximum)
            selection.tests.append { row in values(row).contains(where: wanted.contains) }
        }
    }

    /// Any of some texts, and none of them: `name` and `nameNin`.
    static func anyAndNone(
        _ name: String, of known: [String]? = nil, upTo maximum: Int = 5_000,
        _ values: @escaping @Sendable (Row) -> [String]
    ) -> Parameters {
        any(name, of: known, upTo: maximum, values) + none(name + "Nin", of: known, upTo: maximum, values)
    }

    /// None of some texts.
    static func none(
        _ name: String, of known: [String]? = nil, upTo maximum: Int = 5_000,
        _ values: @escaping @Sendable (Row) -> [String]
    ) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            let wanted = try Reading.choices(name, text, of: known, upTo: maximum)
            selection.tests.append { row in !values(row).contains(where: wanted.contains) }
        }
    }

    /// Exactly this text.
    static func exactly(
        _ name: String, of known: [String]? = nil, _ value: @escaping @Sendable (Row) -> String?
    ) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            guard !text.isEmpty else { throw .invalid("\(name): Field may not be blank.") }
            if let known, !known.contains(text) {
                throw .invalid("\(name): \(text) is not a valid choice.")
            }
            selection.tests.append { value($0) == text }
        }
    }

    /// Any of some words somewhere in the texts: `name__contains`.
    static func contains(
        _ name: String, upTo maximum: Int = 10, _ values: @escaping @Sendable (Row) -> [String?]
    ) -> Parameters {
        one(name + "__contains") { (name, text, selection) throws(Refusal) in
            let words = Words(try Reading.list(name, text, upTo: maximum))
            selection.tests.append { row in values(row).contains { $0.map(words.occur) ?? false } }
        }
    }

    /// One text, commas included, somewhere in the texts.
    static func search(_ name: String, _ values: @escaping @Sendable (Row) -> [String?]) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            guard !text.isEmpty else { throw .invalid("\(name): Field may not be blank.") }
            let words = Words([text])
            selection.tests.append { row in values(row).contains { $0.map(words.occur) ?? false } }
        }
    }

    static func flag(_ name: String, _ value: @escaping @Sendable (Row) -> Bool) -> Parameters {
        flags(name, upTo: 1, value)
    }

    /// `true`, `false`, or both.
    static func flags(
        _ name: String, upTo maximum: Int = 5_000, _ value: @escaping @Sendable (Row) -> Bool
    ) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            let wanted = try Reading.flags(name, text, upTo: maximum)
            selection.tests.append { wanted.contains(value($0)) }
        }
    }

    /// Looked at, and without a difference here.
    static func indifferentFlag(_ name: String) -> Parameters {
        one(name) { (name, text, _) throws(Refusal) in _ = try Reading.flags(name, text, upTo: 1) }
    }

    /// Any of some places, and none of them, by id.
    static func anyOfIDs(_ name: String, _ id: @escaping @Sendable (Row) -> Int64?) -> Parameters {
        let none = one(name + "Nin") { (name, text, selection) throws(Refusal) in
            let wanted = try Reading.ids(name, text, upTo: 5_000)
            selection.tests.append { row in !(id(row).map(wanted.contains) ?? false) }
        }
        return ids(name, id) + none
    }

    /// What one of the endpoint's threats has to be.
    static func ofThreats(_ line: Parameters<ThreatRow>) -> Parameters {
        Parameters(
            all: line.all.map { parameter in
                Parameter(name: parameter.name) { (text, selection) throws(Refusal) in
                    var ofThreats = Selection<ThreatRow>(selection.scoping)
                    try parameter.read(text, &ofThreats)
                    selection.threats += ofThreats.tests
                }
            })
    }

    static func + (left: Parameters, right: Parameters) -> Parameters { Parameters(all: left.all + right.all) }

    init(all: [Parameter<Row>]) { self.all = all }
}
