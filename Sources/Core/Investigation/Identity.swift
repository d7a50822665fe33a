/// A console's name in the settings. It never changes: every id is built on it.
package struct ConsoleID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Lower-case letters, digits and dashes, 32 at most; nil for anything else.
    package init?(_ text: String) {
        guard (1...32).contains(text.utf8.count),
            text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }
}

/// What a record, a case or an action is about, and the key of everything that must stay in order: one endpoint of
/// one console; for what has no endpoint, a site, an account or the console itself.
package struct Subject: Hashable, Sendable, CustomStringConvertible {
    package enum Place: String, Sendable { case agent, group, site, account }

    package let rawValue: String

    package init(console: ConsoleID) { rawValue = console.rawValue }

    package init(console: ConsoleID, _ place: Place, _ id: String) {
        rawValue = "\(console)/\(place.rawValue)/\(id)"
    }

    /// Reads what `rawValue` gave; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, ConsoleID(String(first)) != nil else { return nil }
        guard parts.count == 1 || (parts.count == 3 && Place(rawValue: String(parts[1])) != nil && !parts[2].isEmpty)
        else { return nil }
        rawValue = text
    }

    package var console: ConsoleID? { ConsoleID(String(rawValue.prefix { $0 != "/" })) }

    /// The endpoint's id at its console; nil where the subject is no endpoint.
    package var endpoint: String? {
        let parts = rawValue.split(separator: "/")
        return parts.count == 3 && parts[1] == "agent" ? String(parts[2]) : nil
    }

    package var description: String { rawValue }
}

/// `<console>.<id of the case's first record>`: a serial number cannot be had across partitions.
package struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(console: ConsoleID, first record: String) { rawValue = "\(console).\(record)" }

    /// Takes a case id that was read back.
    package init(_ text: String) { rawValue = text }

    package static func < (left: CaseID, right: CaseID) -> Bool { left.rawValue < right.rawValue }
    package var description: String { rawValue }
}
