import Contracts
import Crypto
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne

/// What an answer becomes: records to publish, and what the journal must know of it, for one turn.
struct Harvest {
    /// A stream of a console, and all that does not change while an answer is read.
    struct Field {
        let console: ConsoleID
        let stream: ObservedStream
        let memory: FeedMemory.Stream
        let shape: ConsoleShape
        let catalogue: Catalogue
        let settings: ObserveSettings
        /// The moment of the answer.
        let now: Timestamp
        /// The same by the console's clock, where it told it and is behind ours: a future that is only ours would be
        /// skipped.
        let latest: Timestamp
    }

    let field: Field
    private(set) var position: FeedPosition
    private var rows: [FeedEntry.Seen] = []
    private var own: [String: FeedEntry.Seen] = [:]
    private var outputs: [Draft] = []
    private var created: [(created: Timestamp, id: UInt64)] = []
    private var published: Set<UInt64> = []
    /// How many records of a kind there were, for whoever counts.
    private(set) var counts: [Outcome: Int] = [:]

    /// The newest that is published by this.
    private var newest: Timestamp?
    /// How far the rows have come, by their own times.
    private var reached: Timestamp

    enum Outcome: Hashable {
        case published
        /// Of these, those of which an earlier version was.
        case again
        case filtered(Hiding.Reason)
        case setAside
    }

    init(_ field: Field, position: FeedPosition) {
        self.field = field
        self.position = position
        reached = position.watermark
    }

    private func seen(_ name: String) -> FeedEntry.Seen? { own[name] ?? field.memory.seen[name] }

    private mutating func remember(_ row: FeedEntry.Seen) {
        rows.append(row)
        own[row.name] = row
    }

    /// What the next walk need not read again, after a page of a walk that began then: its rows come by their times. A row
    /// that claims to be from later than the walk says nothing of those behind it; only the last page says that there
    /// are none, and even then the next walk goes on where this one began.
    mutating func passed(_ page: Page, of walk: Timestamp) {
        let limit = min(walk, field.latest)
        let times = page.items.compactMap { field.stream.time(of: $0) }
        let last =
            page.nextCursor == nil
            ? times.map { $0.watermark(at: limit) }.max() : times.last { !$0.isAhead(of: limit) }?.timestamp
        if let last { position.watermark = max(position.watermark, last) }
    }

    mutating func take(_ item: Page.Item) {
        let told = field.stream.time(of: item)
        switch field.stream.versioning {
        case .told: takeTold(item, at: told)
        case .once: takeOnce(item, at: told)
        case .counted: takeCounted(item, at: told)
        }
        if let told { reached = max(reached, told.watermark(at: field.latest)) }
    }

    /// Each version has the console's own word for it.
    private mutating func takeTold(_ item: Page.Item, at told: VendorTime?) {
        let version = told?.text ?? SHA256(of: item.bytes).hex
        let name = "\(item.id)@\(version)"
        guard seen(name) == nil else { return }
        let isPublished = publish(item, shown(item), version: version, at: told, isKnown: isPublished(item.id))
        remember(.init(name: name, ordinal: isPublished ? 1 : 0, until: until(told)))
        countCreation(of: item, changedAt: told)
    }

    /// How long a walk may show it again: by its time, unless that is before all that a walk asks for. Then the console
    /// is mistaken, and may show it under another one.
    private func until(_ told: VendorTime?) -> Timestamp {
        guard let time = told?.timestamp, time >= reached - field.settings.overlap else { return field.now }
        return time
    }

    private mutating func takeOnce(_ item: Page.Item, at told: VendorTime?) {
        guard seen(item.id) == nil else { return }
        let isPublished = publish(item, shown(item), version: item.id, at: told, isKnown: false)
        remember(.init(name: item.id, ordinal: isPublished ? 1 : 0, until: until(told)))
        isFirst(item, created: told?.timestamp)
    }

    private mutating func isFirst(_ item: Page.Item, created moment: Timestamp?) {
        if let moment { created.append((moment, item.id.asNumber)) }
    }

    /// The console's word says too much or too little: versions are told apart by their content, and we count them.
    private mutating func takeCounted(_ item: Page.Item, at told: VendorTime?) {
        let before = seen(item.id)
        let row = shown(item)
        // Of what is published: what changes only where it is overwritten is no version.
        let digest = SteadyDigest.of(row?.bytes ?? item.bytes)
        let until = field.stream.keeps(item) ? nil : until(told)
        guard before?.digest != digest || (before?.until == nil) != (until == nil) else { return }
        var ordinal = before?.ordinal ?? 0
        if before?.digest != digest,
            publish(item, row, version: String(ordinal + 1), at: told, isKnown: ordinal > 0)
        {
            ordinal += 1
        }
        remember(.init(name: item.id, ordinal: ordinal, digest: digest, until: until))
        if before == nil { isFirst(item, created: told?.timestamp) }
    }

    /// Whether it was published; counted under its reason where it is not.
    private mutating func publish(
        _ item: Page.Item, _ row: Shown?, version: String, at told: VendorTime?, isKnown: Bool
    ) -> Bool {
        guard let row else {
            // What cannot be overwritten is not shown.
            setAside(item.bytes, item.index, "its secrets could not be overwritten", call: nil)
            return false
        }
        if let hiding = field.shape.sieve.hides(row.view, of: field.stream.vendor, isKnown: isKnown) {
            counts[.filtered(hiding.reason), default: 0] += 1
            return false
        }
        let at = told?.timestamp ?? field.now
        outputs.append(draft(item, row.bytes, version: version, at: at))
        counts[.published, default: 0] += 1
        if isKnown { counts[.again, default: 0] += 1 }
        newest = max(newest ?? at, at)
        if field.stream == .threats { published.insert(item.id.asNumber) }
        return true
    }

    /// A row as it came, taken apart, and its bytes as they may be published.
    private struct Shown {
        let view: JSONView
        let bytes: Bytes
    }

    private func shown(_ item: Page.Item) -> Shown? {
        guard let view = try? JSONView(parsing: item.bytes),
            let bytes = try? field.shape.redaction.redacted(view, item.bytes, of: field.stream.vendor)
        else { return nil }
        return Shown(view: view, bytes: bytes)
    }

    private func isPublished(_ id: String) -> Bool {
        guard field.stream == .threats else { return false }
        return field.memory.published.contains(id.asNumber) || published.contains(id.asNumber)
    }

    /// Each record once, in the hour of its creation. While that hour is open its id is remembered; before the first
    /// walk ended, only what had not changed since its beginning counts, because that is shown once.
    private mutating func countCreation(of item: Page.Item, changedAt told: VendorTime?) {
        guard field.stream.isCounted, let created = item.createdAt?.timestamp, let told else { return }
        let end = created.startOfHour + Tally.hour
        guard end >= horizon else {
            if told.timestamp < position.origin { isFirst(item, created: created) }
            return
        }
        guard seen(item.id) == nil else { return }
        remember(.init(name: item.id, until: end))
        isFirst(item, created: created)
    }

    /// What no walk shows again.
    private var horizon: Timestamp { position.watermark - field.settings.overlap - field.settings.overlap }

    mutating func setAside(_ item: Page.Unreadable, call: CallID) {
        // Known by what it says: the next walk shows it again, and it is set aside once.
        let name = "unreadable-\(String(SteadyDigest.of(item.bytes), radix: 16))"
        guard seen(name) == nil else { return }
        remember(.init(name: name, ordinal: 0, until: field.now))
        setAside(item.bytes, item.index, item.reason, call: call)
    }

    private mutating func setAside(_ bytes: Bytes, _ index: Int, _ reason: String, call: CallID?) {
        counts[.setAside, default: 0] += 1
        let record = IncomingRecord(
            partition: Partition("api:\(field.console)/\(field.stream.rawValue)", 0), offset: Offset(Int64(index)),
            key: Bytes(field.console.rawValue), value: field.shape.redaction.blotted(bytes, of: field.stream.vendor),
            headers: Headers(call.map { [("docket-call", $0.rawValue)] } ?? []), timestamp: field.now)
        let letter = DeadLetter(record, reason: reason, in: "observe")
        let topic = field.catalogue.deadLetters
        // Whole: what the log does not take the runner cuts.
        outputs.append(Draft { _ in letter.record(for: topic, limit: .max) })
    }

    /// The console no longer has it: whoever keeps the last record of each key lets go of it.
    mutating func bury(_ row: FeedEntry.Seen) {
        let subject = Subject(console: field.console, .agent, row.name)
        let event = "\(field.console)/\(field.stream.rawValue)/\(row.name)/\(row.ordinal + 1)"
        outputs.append(
            field.catalogue.tombstone(field.stream, of: subject, record: row.name, event: event, at: field.now))
        // Its number is used up, should it come back.
        remember(.init(name: row.name, ordinal: row.ordinal + 1, digest: 0, until: nil))
    }

    /// Forgets that an open record must be asked for again.
    mutating func close(_ row: FeedEntry.Seen) {
        remember(.init(name: row.name, ordinal: row.ordinal, digest: row.digest, until: field.now))
    }

    mutating func change(_ change: (inout FeedPosition) -> Void) { change(&position) }

    /// One turn's worth. Nothing, where there is nothing that a restart would miss.
    func decision(also more: [FeedEntry.Change] = []) -> Decision<FeedEntry> {
        let memory = field.memory
        var changes = memory.seen.adding(rows, watermark: horizon).map { FeedEntry.Change.seen($0.number, $0.rows) }
        changes += memory.published.adding(published).map { .published($0.number, $0.ids) }
        let from = position.origin - field.settings[field.stream].lookBack
        changes += memory.tally.adding(created.filter { $0.created >= from }).map { .tally(day: $0.day, $0.hours) }
        changes += more
        // A watermark alone is not worth a record: what lies behind it was seen before.
        var still = position
        still.watermark = memory.position?.watermark ?? position.watermark
        if !changes.isEmpty || memory.position != still { changes.append(.position(position)) }
        return Decision(
            entries: changes.map { FeedEntry(field.console, field.stream, $0) }, outputs: outputs, measures: measures)
    }

    private var measures: [Measure] {
        func measure(_ metric: Metric, _ change: Measure.Change) -> Measure {
            Measure(metric, change, [.console: field.console.rawValue, .stream: field.stream.rawValue])
        }
        var measures: [Measure] = []
        for (outcome, count) in counts {
            switch outcome {
            case .published: measures.append(measure(.recordsPublished, .add(count)))
            case .again: measures.append(measure(.versionsPublished, .add(count)))
            case .filtered(let reason):
                measures.append(
                    Measure(
                        .recordsFiltered, .add(count),
                        [
                            .console: field.console.rawValue, .stream: field.stream.rawValue, .reason: reason.rawValue,
                        ]))
            case .setAside:
                let topic = field.catalogue.observed(field.stream).name
                measures.append(Measure(.deadLetters, .add(count), [.topic: topic]))
            }
        }
        if let newest {
            measures.append(measure(.newestRecord, .set(newest)))
            measures.append(measure(.publishLag, .set(max(.zero, field.now - newest))))
        }
        return measures
    }
}

// Records.
extension Harvest {
    private func draft(_ item: Page.Item, _ raw: Bytes, version: String, at: Timestamp) -> Draft {
        let console = field.console
        let event = "\(console)/\(field.stream.rawValue)/\(item.id)/\(version)"
        let record = ObservedRecord(
            console: console, subject: field.stream.subject(of: item, at: console), id: item.id, version: version,
            at: at, raw: raw, event: event, trace: Self.trace(event), labels: field.shape.shaping.labels,
            tenant: field.shape.shaping.tenant(of: item))
        return field.catalogue.observed(field.stream).draft(record)
    }

    /// A traceparent that is derived, so that the same version has the same trace tomorrow.
    private static func trace(_ event: String) -> String {
        let digits = SHA256(of: event).hex.utf8
        return "00-\(Substring(digits.prefix(32)))-\(Substring(digits.dropFirst(32).prefix(16)))-01"
    }
}
