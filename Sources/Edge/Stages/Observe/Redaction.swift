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

    /// The same for a row that was taken apart already.
    package func redacted(_ view: JSONView, _ row: Bytes, of stream: VendorStream) throws(JSONProblem) -> Bytes {
        var places = view.leaves(under: Self.isSecret)
        if let paths = paths[stream] { places += try ends(of: paths, in: view).flatMap(\.leaves) }
        guard !places.isEmpty else { return row }
        var bytes = row.array
        for place in places {
            if place.isText {
                for index in place.range.dropFirst().dropLast() { bytes[index] = UInt8(ascii: "*") }
            } else {
                for index in place.range { bytes[index] = UInt8(ascii: " ") }
                bytes[place.range.lowerBound] = UInt8(ascii: "0")
            }
        }
        return Bytes(keeping: bytes)
    }

    /// What the paths lead to. With a list of what is left to look at, because rows may be deeper than the thread's stack.
    private func ends(of paths: [RedactionPath], in view: JSONView) throws(JSONProblem) -> [JSONView] {
        var ends: [JSONView] = []
        var left = paths.map { (value: view, steps: $0.steps[...]) }
        while let (value, steps) = left.popLast() {
            guard let step = steps.first else {
                ends.append(value)
                continue
            }
            switch value.kind {
            case .object:
                for (name, member) in try value.members where step == .any || step == .name(name?.lowercased() ?? "") {
                    left.append((member, steps.dropFirst()))
                }
            case .array: for element in try value.elements { left.append((element, steps)) }
            case .text, .number, .bool, .null, .missing: break
            }
        }
        return ends
    }

    /// As `isSecret` compares them.
    private static let folded = secretNames.map { $0.utf8.map { $0 | 0x20 } }

    private static func isSecret(_ name: Span<UInt8>) -> Bool {
        var length = name.count
        if length > 0, name[length - 1] | 0x20 == UInt8(ascii: "s") { length -= 1 }
        for secret in folded where length >= secret.count {
            // From its end, where nearly every name differs at once.
            var rest = secret.count
            while rest > 0, name[length - secret.count + rest - 1] | 0x20 == secret[rest - 1] { rest -= 1 }
            if rest == 0 { return true }
        }
        return false
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
