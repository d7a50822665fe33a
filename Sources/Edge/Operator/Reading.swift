package import Contracts
import Ports

extension Command {
    /// What is to be read, and how far.
    package struct Reading: Equatable, Sendable {
        package let topic: String
        /// Whose position to go on at and to move; nil: nobody's.
        package let group: String?
        /// Whether to wait for more at the end.
        package let follows: Bool
        package let isFromEnd: Bool
        /// How many at most; nil: all.
        package let count: Int?

        package init(
            _ topic: String, group: String? = nil, follows: Bool = false, isFromEnd: Bool = false, count: Int? = nil
        ) {
            self.topic = topic
            self.group = group
            self.follows = follows
            self.isFromEnd = isFromEnd
            self.count = count
        }
    }
}

extension Asked {
    func reading() throws(Invocation.Misuse) -> Command.Reading {
        let topic = try object("topic")
        let (follows, group) = (words["--follow"] != nil, words["--group"])
        if let from = words["--from"] {
            guard ["start", "end"].contains(from) else { throw misuse("--from takes start or end, found \"\(from)\"") }
            guard group == nil else {
                throw misuse("--from and --group exclude each other: a group goes on where it has come to")
            }
            guard from == "start" || follows else {
                throw misuse("--from end needs --follow: nothing lies behind the end yet")
            }
        }
        var count: Int?
        if let text = words["--count"] {
            guard let number = Int(text), number > 0 else {
                throw misuse("--count takes a whole number from 1 on, found \"\(text)\"")
            }
            count = number
        }
        return Command.Reading(
            topic, group: group, follows: follows, isFromEnd: words["--from"] == "end", count: count)
    }
}

/// The topic and the group that somebody named, as the log knows them.
package struct Subscription: Equatable, Sendable {
    package let topic: String
    package let group: String?

    /// Refuses a topic that there is not, and a group that is none of a subscriber's.
    package init(_ reading: Command.Reading, _ catalogue: Catalogue) throws(Refusal) {
        topic = try Self.topic(reading.topic, in: catalogue)
        group = try reading.group.map { name throws(Refusal) in try Self.group(name, in: catalogue) }
    }

    private static func topic(_ name: String, in catalogue: Catalogue) throws(Refusal) -> String {
        let known = catalogue.declarations.map(\.name)
        if let whole = [name, catalogue.prefix + name].first(where: known.contains) { return whole }
        let short = known.map { String($0.dropFirst(catalogue.prefix.count)) }
        let bare = name.hasPrefix(catalogue.prefix) ? String(name.dropFirst(catalogue.prefix.count)) : name
        let nearest = short.nearest(to: bare).map { [$0] } ?? short.filter { $0.contains(bare) && bare.count > 2 }
        throw Refusal(
            "no topic \(name); docket topics list shows those there are",
            candidates: nearest.map { catalogue.prefix + $0 })
    }

    /// As long as a file's name may be: it stands in transactional ids beside that of a machine.
    private static let longestGroup = 100

    private static func group(_ name: String, in catalogue: Catalogue) throws(Refusal) -> String {
        let bare = name.hasPrefix(catalogue.prefix) ? String(name.dropFirst(catalogue.prefix.count)) : name
        let isPlain = bare.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                || "._-".unicodeScalars.contains(scalar)
        }
        guard isPlain, (1...longestGroup).contains(bare.utf8.count) else {
            throw Refusal("a group's name has up to \(longestGroup) letters, digits, dots, dashes and underscores")
        }
        // Whoever reads in a loop's group takes its records away from it.
        guard !Program.allCases.contains(where: { bare == $0.rawValue || bare.hasPrefix($0.rawValue + ".") }) else {
            throw Refusal("the group \(bare) is Docket's own: name one that is yours")
        }
        return bare
    }
}
