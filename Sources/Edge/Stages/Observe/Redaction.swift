package import JSONView
package import Ports
package import SentinelOne

/// What of a row is overwritten before it is published, in place: every other byte stays as it came, and a row is as long
/// as it was.
///
/// A text becomes as many asterisks as it has bytes, a number `0` and blanks. What is true, false, null or empty stays: it
/// says that there is something, and not what.
///
/// Always overwritten are secrets (`secretNames`), wherever they lie. A row that cannot be taken apart is not published;
/// what is kept of it has gone through `blotted`.
package struct Redaction: Sendable {
    /// A field is a secret when its name ends so, in any case of letters, also in the plural: registration tokens of
    /// groups and sites, licence keys of endpoints, and whatever an activity may come to tell one day.
    package static let secretNames = [
        "token", "passphrase", "password", "passcode", "secret", "apikey", "api_key", "licensekey", "license_key",
        "privatekey", "private_key",
    ]

    private let paths: [VendorStream: [RedactionPath]]

    package init(_ paths: [VendorStream: [RedactionPath]] = [:]) { self.paths = paths }

    /// What is overwritten beside secrets, as `stream: path`.
    package var fields: [String] {
        paths.flatMap { stream, paths in paths.map { "\(stream): \($0.text)" } }.sorted()
    }

    /// The row as it may be published. Throws where it is not known what the row holds.
    package func redacted(_ row: Bytes, of stream: VendorStream) throws(JSONProblem) -> Bytes {
        try redacted(JSONView(parsing: row), row, of: stream)
    }

    /// The same for a row that could not be read, for the dead letters. Where it can be taken apart, odd as it is, it is
    /// redacted; else everything is overwritten that lies behind something that looks like the name of a secret.
    package func blotted(_ row: Bytes, of stream: VendorStream) -> Bytes {
        var wide = JSONLimits.standard
        wide.depth = 1_000_000
        wide.toleratesInvalidText = true
        if let view = try? JSONView(parsing: row, limits: wide), view.kind == .object,
            let redacted = try? redacted(view, row, of: stream)
        {
            return redacted
        }
        return Blot(Self.secretNames + (paths[stream] ?? []).map { $0.name ?? "" }).applied(to: row)
    }

    private func redacted(_ view: JSONView, _ row: Bytes, of stream: VendorStream) throws(JSONProblem) -> Bytes {
        let places = try places(in: view, of: stream)
        guard !places.isEmpty else { return row }
        var bytes = row.array
        for (range, kind) in places {
            if kind == .text {
                for index in range.dropFirst().dropLast() { bytes[index] = UInt8(ascii: "*") }
            } else {
                for index in range { bytes[index] = UInt8(ascii: " ") }
                bytes[range.lowerBound] = UInt8(ascii: "0")
            }
        }
        return Bytes(keeping: bytes)
    }

    /// An object or a list that is being walked. With a stack of its own, because rows may be deeper than the thread's.
    private struct Level {
        enum Rest {
            case members(JSONMembers)
            case elements(JSONElements)
        }
        var rest: Rest
        /// How far which paths lead here.
        let trails: [ArraySlice<RedactionPath.Step>]
        let isCovered: Bool
    }

    private func places(
        in view: JSONView, of stream: VendorStream
    ) throws(JSONProblem) -> [(range: Range<Int>, kind: JSONKind)] {
        var places: [(range: Range<Int>, kind: JSONKind)] = []
        var levels: [Level] = []
        var next: JSONView? = view
        var (trails, isCovered) = ((paths[stream] ?? []).map { $0.steps[...] }, false)
        while true {
            if let value = next {
                switch value.kind {
                case .object:
                    levels.append(Level(rest: .members(try value.members), trails: trails, isCovered: isCovered))
                case .array:
                    levels.append(Level(rest: .elements(try value.elements), trails: trails, isCovered: isCovered))
                case .text, .number: if isCovered, let range = value.range { places.append((range, value.kind)) }
                case .bool, .null, .missing: break
                }
            }
            guard let last = levels.indices.last else { return places }
            switch levels[last].rest {
            case .members(var rest):
                guard let (name, value) = rest.next() else {
                    levels.removeLast()
                    next = nil
                    continue
                }
                levels[last].rest = .members(rest)
                next = value
                (trails, isCovered) = Self.following(name, levels[last])
            case .elements(var rest):
                next = rest.next()
                if next == nil { levels.removeLast() } else { levels[last].rest = .elements(rest) }
                if let level = levels.last, next != nil { (trails, isCovered) = (level.trails, level.isCovered) }
            }
        }
    }

    /// A name that cannot be read may be any.
    private static func following(
        _ name: String?, _ level: Level
    ) -> (trails: [ArraySlice<RedactionPath.Step>], isCovered: Bool) {
        if level.isCovered || name.map(isSecret) ?? true { return ([], true) }
        guard !level.trails.isEmpty, let name = name?.lowercased() else { return ([], false) }
        let trails = level.trails.filter { $0.first == .any || $0.first == .name(name) }.map { $0.dropFirst() }
        return (trails, trails.contains { $0.isEmpty })
    }

    static func isSecret(_ name: String) -> Bool {
        var name = name.utf8[...]
        if let last = name.last, last | 0x20 == UInt8(ascii: "s") { name.removeLast() }
        return secretNames.contains { secret in
            name.count >= secret.utf8.count
                && zip(name.suffix(secret.utf8.count), secret.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}

extension Redaction {
    /// What Docket itself reads of a row: ids, times, and what cases and gates go by. A path that covers one of these would
    /// make it blind.
    package static func needed(of stream: VendorStream) -> [String] {
        switch stream {
        case .threats:
            ["id", "threatInfo.threatId", "threatInfo.createdAt", "threatInfo.updatedAt"]
                + ["analystVerdict", "incidentStatus", "mitigationStatus", "confidenceLevel"].map { "threatInfo.\($0)" }
                + ["agentId", "agentUuid", "siteId", "accountId"].map { "agentRealtimeInfo.\($0)" }
        case .alerts:
            ["alertId", "createdAt", "reportedAt", "updatedAt", "analystVerdict", "incidentStatus"]
                .map { "alertInfo.\($0)" } + ["agentRealtimeInfo.id", "agentDetectionInfo.siteId"]
        case .activities: ["id", "activityType", "createdAt", "agentId", "threatId", "siteId", "accountId"]
        case .agents: ["id", "uuid", "createdAt", "updatedAt", "siteId", "accountId", "networkStatus"]
        case .groups: ["id", "siteId", "createdAt", "updatedAt"]
        case .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events: ["id"]
        }
    }

    /// The field that Docket cannot do without, where the path covers one.
    package static func conflict(of path: RedactionPath, in stream: VendorStream) -> String? {
        needed(of: stream).first { RedactionPath($0).map(path.covers) ?? false }
    }
}
