package import Investigation
import JSONView
import Pipeline
package import Ports

// How entries of `feeds.cursors` travel. Written and read by hand: a page's batch is a thousand rows, ten times a second.

extension Topic where Message == FeedEntry {
    static func feedsCursors(_ name: String, source: String) -> Topic {
        Topic(
            name,
            encode: { entry, cause in
                let key = FeedKey(of: entry)
                return OutgoingRecord(
                    topic: name, key: key.bytes, value: entry.change.value,
                    headers: Envelope.headers(
                        id: "\(cause.id)>\(name)#\(cause.ordinal)", source: source, type: key.type, version: 1,
                        at: cause.at, cause: cause.id, trace: cause.trace),
                    timestamp: cause.at)
            },
            decode: { (record: IncomingRecord) throws(Unreadable) -> FeedEntry in
                guard let key = FeedKey(record.key) else { throw Unreadable("\(name): the key is none of a feed's") }
                if record.value == nil, let entry = key.end { return entry }
                let value = try Envelope.value(of: record, on: name, type: key.type, versions: [1]).value
                if key.isStatus {
                    return FeedEntry(try WireJSON.value(ConsoleStatusV1.self, from: value).message())
                }
                if key.isAnswer {
                    return FeedEntry(key.console, try WireJSON.value(FeedAnswerV1.self, from: value).message())
                }
                do {
                    return try key.entry(from: try JSONView(parsing: value))
                } catch {
                    throw Unreadable("\(name): \(error)")
                }
            })
    }
}

/// Under which key an entry lies: what it replaces.
package struct FeedKey {
    private enum Part {
        case position
        case seen(Int)
        case published(Int)
        case tally(Timestamp)
        case reconciled
        case status
        case answered
    }

    package let console: ConsoleID
    private let stream: ObservedStream?
    private let part: Part

    fileprivate init(of entry: FeedEntry) {
        console = entry.console
        stream = entry.stream
        part =
            switch entry.change {
            case .position: .position
            case .seen(let number, _): .seen(number)
            case .published(let number, _): .published(number)
            case .tally(let day, _): .tally(day)
            case .reconciled: .reconciled
            case .status: .status
            case .answered: .answered
            }
    }

    /// `eu1/threats/seen/12`, `eu1/status` or `eu1/order`; nil for anything else.
    package init?(_ key: Bytes?) {
        guard let parts = key?.text?.split(separator: "/").map(String.init), parts.count >= 2,
            let console = ConsoleID(parts[0])
        else { return nil }
        self.console = console
        if parts.count == 2, let part: Part = ["status": .status, "order": .answered][parts[1]] {
            (stream, self.part) = (nil, part)
            return
        }
        guard let stream = ObservedStream(rawValue: parts[1]), parts.count >= 3 else { return nil }
        self.stream = stream
        switch (parts[2], parts.count) {
        case ("position", 3): part = .position
        case ("reconciled", 3): part = .reconciled
        case ("seen", 4):
            guard let number = Int(parts[3]) else { return nil }
            part = .seen(number)
        case ("published", 4):
            guard let number = Int(parts[3]) else { return nil }
            part = .published(number)
        case ("tally", 4):
            guard let day = Timestamp(iso: "\(parts[3])T00:00:00Z") else { return nil }
            part = .tally(day)
        default: return nil
        }
    }

    fileprivate var bytes: Bytes {
        let end =
            switch part {
            case .position: "position"
            case .seen(let number): "seen/\(number)"
            case .published(let number): "published/\(number)"
            case .tally(let day): "tally/\(day.description.prefix(10))"
            case .reconciled: "reconciled"
            case .status: "status"
            case .answered: "order"
            }
        return Bytes(([console.rawValue] + [stream?.rawValue].compactMap { $0 } + [end]).joined(separator: "/"))
    }

    fileprivate var type: String {
        switch part {
        case .position: "feed.position"
        case .seen: "feed.seen"
        case .published: "feed.published"
        case .tally: "feed.tally"
        case .reconciled: "feed.reconciled"
        case .status: "feed.status"
        case .answered: "feed.answered"
        }
    }

    fileprivate var isStatus: Bool { if case .status = part { true } else { false } }
    fileprivate var isAnswer: Bool { if case .answered = part { true } else { false } }

    /// Whether it tells how far a stream is, and not what is remembered for that: little, and worth showing.
    package var isAboutProgress: Bool {
        switch part {
        case .position, .reconciled, .answered: true
        case .seen, .published, .tally, .status: false
        }
    }

    /// What a tombstone says; nil where there is none.
    fileprivate var end: FeedEntry? {
        let change: FeedEntry.Change? =
            switch part {
            case .seen(let number): .seen(number, nil)
            case .published(let number): .published(number, nil)
            case .tally(let day): .tally(day: day, nil)
            case .position, .reconciled, .status, .answered: nil
            }
        guard let stream, let change else { return nil }
        return FeedEntry(console, stream, change)
    }

    fileprivate func entry(from view: JSONView) throws(JSONProblem) -> FeedEntry {
        let change: FeedEntry.Change =
            switch part {
            case .position: .position(try FeedPosition(view))
            case .seen(let number): .seen(number, try view["seen"].rows(FeedEntry.Seen.init))
            case .published(let number): .published(number, try view["ids"].rows(JSONView.id))
            case .tally(let day): .tally(day: day, try view["hours"].rows(HourTally.init))
            case .reconciled: .reconciled(try FeedReconciliation(view))
            case .status, .answered: throw view.problem(expected: "what is about a stream")
            }
        guard let stream else { throw view.problem(expected: "what is about a stream") }
        return FeedEntry(console, stream, change)
    }
}

extension FeedEntry.Change {
    /// nil for a tombstone.
    fileprivate var value: Bytes? {
        switch self {
        case .position(let position): JSONText.object { position.write(into: &$0) }
        case .seen(_, let seen):
            seen.map { seen in
                JSONText.object { object in
                    object.append("seen") { (rows: inout JSONArrayText) in
                        for one in seen { rows.append { (row: inout JSONObjectText) in one.write(into: &row) } }
                    }
                }
            }
        case .published(_, let ids):
            ids.map { ids in
                JSONText.object { object in
                    object.append("ids") { (list: inout JSONArrayText) in
                        for id in ids { list.append(text: String(id)) }
                    }
                }
            }
        case .tally(_, let hours):
            hours.map { hours in
                JSONText.object { object in
                    object.append("hours") { (rows: inout JSONArrayText) in
                        for hour in hours { rows.append { (row: inout JSONObjectText) in hour.write(into: &row) } }
                    }
                }
            }
        case .reconciled(let found): JSONText.object { found.write(into: &$0) }
        case .status(let status): WireJSON.bytes(ConsoleStatusV1(status))
        case .answered(let answer): WireJSON.bytes(FeedAnswerV1(answer))
        }
    }
}

extension FeedEntry.Seen {
    fileprivate func write(into row: inout JSONObjectText) {
        if digest != 0 { row.append("digest", text: String(digest, radix: 16)) }
        row.append("name", text: name)
        row.append("ordinal", integer: ordinal)
        if let until { row.append("until", text: until.wire) }
    }

    fileprivate init(_ row: JSONView) throws(JSONProblem) {
        self.init(
            name: try row["name"].text, ordinal: try row["ordinal"].integer,
            digest: try row["digest"].ifPresent?.unsigned(radix: 16) ?? 0, until: try row["until"].ifPresent?.timestamp)
    }
}

extension HourTally {
    fileprivate func write(into row: inout JSONObjectText) {
        row.append("count", integer: count)
        row.append("digest", text: String(digest, radix: 16))
        row.append("hour", text: hour.wire)
    }

    fileprivate init(_ row: JSONView) throws(JSONProblem) {
        self.init(
            hour: try row["hour"].timestamp, count: try row["count"].integer,
            digest: try row["digest"].unsigned(radix: 16))
    }
}

extension FeedPosition {
    fileprivate func write(into object: inout JSONObjectText) {
        object.append("origin", text: origin.wire)
        object.append("watermark", text: watermark.wire)
        if let caughtUp { object.append("caughtUp", text: caughtUp.wire) }
        if let snapshot { object.append("snapshot", text: snapshot.wire) }
        if let reconciled { object.append("reconciled", text: reconciled.wire) }
        if let syncWanted { object.append("syncWanted", text: syncWanted.wire) }
        if let reconciliationWanted { object.append("reconciliationWanted", text: reconciliationWanted.wire) }
        if let synced { object.append("synced", text: synced.wire) }
        if !heard.isEmpty {
            object.append("heard") { (list: inout JSONArrayText) in for time in heard { list.append(text: time.wire) } }
        }
    }

    fileprivate init(_ view: JSONView) throws(JSONProblem) {
        self.init(origin: try view["origin"].timestamp, watermark: try view["watermark"].timestamp)
        caughtUp = try view["caughtUp"].ifPresent?.timestamp
        snapshot = try view["snapshot"].ifPresent?.timestamp
        reconciled = try view["reconciled"].ifPresent?.timestamp
        syncWanted = try view["syncWanted"].ifPresent?.timestamp
        reconciliationWanted = try view["reconciliationWanted"].ifPresent?.timestamp
        synced = try view["synced"].ifPresent?.timestamp
        heard = try view["heard"].ifPresent?.rows { (time: JSONView) throws(JSONProblem) in try time.timestamp } ?? []
    }
}

extension FeedReconciliation {
    fileprivate func write(into object: inout JSONObjectText) {
        object.append("at", text: at.wire)
        object.append("from", text: from.wire)
        object.append("to", text: to.wire)
        object.append("counted", integer: counted)
        object.append("shown", integer: shown)
        object.append("differing", integer: differing)
        object.append("repaired", integer: repaired)
        if open > 0 { object.append("open", integer: open) }
        object.append("gone", integer: gone)
    }

    fileprivate init(_ view: JSONView) throws(JSONProblem) {
        self.init(
            at: try view["at"].timestamp, from: try view["from"].timestamp, to: try view["to"].timestamp,
            counted: try view["counted"].integer, shown: try view["shown"].integer,
            differing: try view["differing"].integer, repaired: try view["repaired"].integer,
            open: try view["open"].ifPresent?.integer ?? 0, gone: try view["gone"].integer)
    }
}

extension JSONView {
    fileprivate func rows<Row>(_ read: (JSONView) throws(JSONProblem) -> Row) throws(JSONProblem) -> [Row] {
        var rows: [Row] = []
        for element in try elements { rows.append(try read(element)) }
        return rows
    }

    fileprivate static func id(_ view: JSONView) throws(JSONProblem) -> UInt64 { try view.unsigned(radix: 10) }

    fileprivate func unsigned(radix: Int) throws(JSONProblem) -> UInt64 {
        guard let number = UInt64(try text, radix: radix) else { throw problem(expected: "a number") }
        return number
    }
}
