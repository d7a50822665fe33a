import Ports

extension Fault {
    static let transportKinds = [
        "lose-reply", "lose-request", "status", "status-after-effect", "effect-late", "slow", "rate-limited",
        "forbidden", "401-for-403", "redirect", "errors-beside", "affected", "affected-missing", "cut-body",
        "slow-drip", "wrong-length", "empty-body",
        "gzip-bomb", "garbage", "expired-cursor",
    ]

    static let kinds = transportKinds + Lie.Kind.allCases.map(\.rawValue)

    /// Reads what `POST /faults` and the `faults` of a scenario hold. A moment counts from `start` where it is written
    /// as a time that passes (`5m`).
    init(_ section: inout SettingsSection, start: Timestamp) {
        route = section.choice("route", among: ["*"] + Operation.names)
        name = section.choice("kind", among: Self.kinds)
        method = section.optional("method") { $0.choice($1, among: ["GET", "POST", "PUT", "DELETE"]) }
        permission = section.optional("permission") { section, key in
            section.text(key, expecting: "a permission such as Threats.view") { Self.permissions.contains($0) }
        }
        delay = section.optional("delayMilliseconds") {
            .milliseconds($0.integer($1, in: 0...86_400_000))
        }
        from = section.optional("from") { $0.moment($1, after: start) }
        until = section.optional("until") { $0.moment($1, after: start) }
        every = section.integer("every", default: 1, in: 1...1_000_000)
        percent = section.integer("percent", default: 100, in: 1...100)
        // What has an end or a share of its own is not also counted, unless asked for.
        let isBounded = until == nil && every == 1 && percent == 100
        times = section.integer("times", default: isBounded ? 1 : 1_000_000_000, in: 1...1_000_000_000)
        kind = Self.kind(name, delay, &section)
        if let from, let until, until <= from { section.refuse("ends before it begins", at: "until") }
    }

    private static let permissions = Set(Operation.all.compactMap(\.permission))

    /// Each kind takes its own members; `status` and `delayMilliseconds` go with every one.
    private static func kind(_ name: String, _ delay: Duration?, _ section: inout SettingsSection) -> Kind {
        func sheet() -> Sheet { section.choice("body", default: Sheet.json) }
        let status = section.optional("status") { $0.integer($1, in: 200...599) }
        func bytes(_ standard: Int, in limits: ClosedRange<Int>) -> Int {
            section.integer("bytes", default: standard, in: limits)
        }
        switch name {
        case "lose-reply": return .loseReply
        case "lose-request": return .loseRequest
        case "status": return .status(status ?? 500, sheet())
        case "status-after-effect": return .statusAfterEffect(status ?? 500, sheet())
        case "effect-late": return .effectLate
        case "slow": return .slow
        case "rate-limited":
            let after = section.optional("retryAfter") { section, key in
                section.text(key, atMost: 200, expecting: "printable text") { $0.utf8.allSatisfy { $0 >= 0x20 } }
            }
            return .tooMany(retryAfter: after, sheet())
        case "forbidden": return .forbidden(section.choice("reason", default: Reason.permission))
        case "401-for-403": return .unauthorizedForForbidden
        case "redirect":
            let place = section.text("location", default: "https://login.simulated.example/") {
                $0.utf8.allSatisfy { $0 > 0x20 }
            }
            if !(300...399).contains(status ?? 302) { section.refuse("a redirect is from 300 to 399", at: "status") }
            return .redirect(status ?? 302, place)
        case "errors-beside": return .errorsBeside
        case "affected": return .affected(section.integer("count", default: 0, in: 0...1_000_000))
        case "affected-missing": return .affected(nil)
        case "cut-body": return .cutBody(bytes(10, in: 0...1 << 30))
        case "slow-drip":
            return .slowDrip(bytes: bytes(1, in: 1...1 << 20), pause: delay ?? .milliseconds(100))
        case "wrong-length": return .wrongLength(bytes(7, in: -1_000_000...1_000_000))
        case "empty-body": return .emptyBody
        case "gzip-bomb": return .gzipBomb(bytes(1 << 30, in: 1...1 << 34))
        case "garbage": return .garbage
        case "expired-cursor": return .expiredCursor
        default: return .lie(Lie(name, &section))
        }
    }
}

extension SettingsSection {
    /// One of these texts; the one that was probably meant is named.
    mutating func choice(_ key: String, among known: [String]) -> String {
        var written = ""
        var look = self
        _ = look.text(key, default: "-") { text in
            written = text
            return true
        }
        let near = known.contains(written) ? nil : known.nearest(to: written)
        let hint = near.map { "; did you mean \($0)?" } ?? ""
        return text(key, expecting: "one of \(known.joined(separator: ", "))\(hint)") { known.contains($0) }
    }

    /// A moment: ISO 8601, or what has passed since the simulation's start, such as `5m`.
    mutating func moment(_ key: String, after start: Timestamp) -> Timestamp {
        var found = start
        _ = text(key, expecting: "an ISO 8601 time, or a time since the start such as 5m") { text in
            guard let moment = Timestamp(iso: text) ?? Duration(asWritten: text).map({ start + $0 }) else {
                return false
            }
            found = moment
            return true
        }
        return found
    }
}

extension JSON {
    /// As settings, so that an order is read as a scenario is: every problem at once, with the nearest known name.
    var settings: SettingsNode {
        let place = SettingsPlace(line: 1, column: 1)
        switch self {
        case .null: return SettingsNode(.empty, at: place)
        case .bool(let value): return SettingsNode(.text(String(value), written: String(value)), at: place)
        case .number(let value): return SettingsNode(.text(String(value), written: String(value)), at: place)
        case .decimal(let value): return SettingsNode(.text(String(value), written: String(value)), at: place)
        case .text(let value): return SettingsNode(.text(value, written: value), at: place)
        case .list(let values): return SettingsNode(.list(values.map(\.settings)), at: place)
        case .object(let members):
            let entries = members.sorted { $0.key < $1.key }.map { SettingsEntry($0.key, at: place, $0.value.settings) }
            return SettingsNode(.section(entries), at: place)
        }
    }

    /// What the body of an order means, or everything that is wrong with it.
    static func read<T>(_ body: Bytes, _ parse: (inout SettingsSection) -> T) throws(Refusal) -> T {
        guard let value = JSON(body), case .object = value else { throw .invalid("the body is not a JSON object") }
        do {
            return try SettingsDocument(file: "body", root: value.settings).read(parse)
        } catch {
            let sentences = error.problems.map { String($0.description.trimmingPrefix("body:1:1").drop { $0 == " " }) }
            throw .invalid(sentences.joined(separator: "; "))
        }
    }
}
