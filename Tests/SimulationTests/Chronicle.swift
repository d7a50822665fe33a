import Contracts
import Glibc
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne
import Stages

/// A row as it was shown, with what anybody can tell of it.
struct Row {
    let bytes: Bytes
    /// nil where it says none that can be read.
    let id: String?
    /// Of threats and groups: by which words its version goes; nil where it tells no time.
    let version: String?
    /// Everything in it that does not change by itself.
    let content: Int
}

/// A version as it was published; a nil value buries the record.
struct Published {
    let console: ConsoleID
    let stream: ObservedStream
    let id: String
    let version: String
    let event: String
    let at: Timestamp
    let row: Row?
}

/// All that was shown and all that was published, each in its order: what the invariants are about.
struct Chronicle {
    struct Page {
        let site: Site
        let shown: Site.Shown
        let rows: [Row]
        /// Whether a turn says that it was taken.
        let isCommitted: Bool
        /// The rows that should have been on it and were not, or looked otherwise.
        let liedAbout: [Row]
    }

    let world: World
    private(set) var pages: [Page] = []
    private(set) var published: [Published] = []
    private(set) var letters: [OutgoingRecord] = []

    init(of world: World) {
        self.world = world
        var reader = RowReader()
        var committed: Set<String> = []
        for turn in world.turns {
            for record in turn.records {
                if record.topic == world.catalogue.deadLetters { letters.append(record) }
                if record.topic == world.catalogue.feedsCursors.name, let id = record.headers["ce_id"] {
                    committed.insert(id.split(separator: ">").first.map(String.init) ?? id)
                }
                if let one = Self.published(record, turn.at, in: world, &reader) { published.append(one) }
            }
        }
        for site in world.sites {
            // By the one row that it asks for a probe finds out about the token, and nothing is published.
            for shown in site.shown where !shown.call.rawValue.contains("/probe@") {
                let rows = reader.rows(in: shown.body, of: shown.stream)
                let honest = shown.honest.map { reader.rows(in: $0, of: shown.stream) } ?? []
                let told = Set(honest.isEmpty ? [] : rows.map { Exact($0.bytes) })
                pages.append(
                    Page(
                        site: site, shown: shown, rows: rows, isCommitted: committed.contains(shown.call.rawValue),
                        liedAbout: honest.filter { !told.contains(Exact($0.bytes)) }))
            }
        }
    }

    private static func published(
        _ record: OutgoingRecord, _ at: Timestamp, in world: World, _ reader: inout RowReader
    ) -> Published? {
        guard let stream = world.stream(of: record.topic),
            let console = record.key?.text.flatMap({ Subject($0) })?.console
        else { return nil }
        return Published(
            console: console, stream: stream, id: record.headers["docket-record"] ?? "?",
            version: record.headers["docket-version"] ?? "gone", event: record.headers["ce_id"] ?? "?", at: at,
            row: record.value.map { reader.row($0, of: stream) })
    }

    /// What was shown and published of one record, for whoever has to find out why.
    func history(_ id: String?, _ stream: ObservedStream, at console: ConsoleID) -> String {
        var lines: [(at: Timestamp, text: String)] = []
        for page in pages where page.site.id == console && page.shown.stream == stream {
            for row in page.rows where row.id == id {
                let taken = page.isCommitted ? "" : ", no turn"
                let what = "\(row.version ?? "") #\(row.content & 0xffff)"
                lines.append((page.shown.at, "shown \(what) on \(page.shown.call)\(taken)"))
            }
            for row in page.liedAbout where row.id == id {
                lines.append((page.shown.at, "lied about on \(page.shown.call)"))
            }
        }
        for one in published where one.console == console && one.stream == stream && one.id == id {
            lines.append((one.at, "published \(one.version) #\((one.row?.content ?? 0) & 0xffff)"))
        }
        let told = lines.sorted { $0.at < $1.at }.suffix(60).map { "  \($0.at) \($0.text)" }
        return """
            seed \(world.seed): DOCKET_SEED=\(world.seed) swift test --filter SimulationTests
            \(console)/\(stream.rawValue)/\(id ?? "nameless")
            \(told.joined(separator: "\n"))
            """
    }
}

/// Bytes as a name, quick to compare.
struct Exact: Hashable {
    let bytes: Bytes
    init(_ bytes: Bytes) { self.bytes = bytes }

    static func == (left: Exact, right: Exact) -> Bool {
        left.bytes.count == right.bytes.count
            && left.bytes.withUnsafeBytes { mine in
                right.bytes.withUnsafeBytes { other in
                    guard let mine = mine.baseAddress, let other = other.baseAddress else { return true }
                    return memcmp(mine, other, left.bytes.count) == 0
                }
            }
    }

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// Reads pages as anybody could. Rows come again and again, and are read once.
struct RowReader {
    private static let volatile: Set = [
        "updatedAt", "lastActiveDate", "lastIpToMgmt", "activeThreats", "cpuUsage", "totalMemory",
    ]
    private struct Known: Hashable {
        let stream: ObservedStream
        let bytes: Exact
    }

    private var known: [Known: Row] = [:]
    private var clean: [Known: Bytes] = [:]
    private let redaction = Redaction()

    mutating func rows(in body: Bytes, of stream: ObservedStream) -> [Row] {
        let rows: [Bytes]
        do throws(JSONProblem) {
            var all: [Bytes] = []
            for element in try JSONView(parsing: body)["data"].elements { all.append(try element.raw) }
            rows = all
        } catch {
            rows = Self.split(body)
        }
        return rows.map { row(withoutSecrets($0, of: stream), of: stream) }
    }

    /// As a row may be published: what is secret in it is overwritten where it stands.
    private mutating func withoutSecrets(_ bytes: Bytes, of stream: ObservedStream) -> Bytes {
        let key = Known(stream: stream, bytes: Exact(bytes))
        if let clean = clean[key] { return clean }
        let vendor = Site.vendor(stream)
        let written = (try? redaction.redacted(bytes, of: vendor)) ?? redaction.blotted(bytes, of: vendor)
        clean[key] = written
        return written
    }

    mutating func row(_ bytes: Bytes, of stream: ObservedStream) -> Row {
        let key = Known(stream: stream, bytes: Exact(bytes))
        if let row = known[key] { return row }
        let row = Self.read(bytes, of: stream)
        known[key] = row
        return row
    }

    private static func read(_ bytes: Bytes, of stream: ObservedStream) -> Row {
        guard let view = try? JSONView(parsing: bytes) else {
            return Row(bytes: bytes, id: nil, version: nil, content: bytes.hashValue)
        }
        let named = stream == .alerts ? view["alertInfo"]["alertId"] : view["id"]
        let times = stream == .threats ? view["threatInfo"] : stream == .alerts ? view["alertInfo"] : view
        let version = ["updatedAt", "createdAt"].flatMap { [times[$0], view[$0]] }.lazy.compactMap(time).first
        return Row(
            bytes: bytes, id: (try? named.id) ?? (try? view["id"].id), version: version,
            content: (try? content(view)) ?? bytes.hashValue)
    }

    private static func time(_ view: JSONView) -> String? {
        guard let text = try? view.text, let time = Timestamp(iso: text), time != .zero else { return nil }
        return text
    }

    private static func content(_ view: JSONView) throws -> Int {
        var hasher = Hasher()
        for (name, value) in try view.members where !volatile.contains(name ?? "") {
            hasher.combine(name)
            hasher.combine(try value.raw)
        }
        return hasher.finalize()
    }

    /// By hand, where a row keeps the page from being read: rows are written without white space.
    private static func split(_ body: Bytes) -> [Bytes] {
        let bytes = body.array
        let head = Array(#"{"data":["#.utf8)
        guard bytes.starts(with: head) else { return [] }
        var rows: [Bytes] = []
        var (start, depth, isText, isEscaped) = (head.count, 0, false, false)
        for index in head.count..<bytes.count {
            let byte = bytes[index]
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    isText = byte != UInt8(ascii: "\"")
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "]") where depth > 0: depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: "]"):
                guard depth == 0 else { continue }
                if index > start { rows.append(Bytes(Array(bytes[start..<index]))) }
                start = index + 1
                if byte == UInt8(ascii: "]") { return rows }
            default: break
            }
        }
        return rows
    }
}
