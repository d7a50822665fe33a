import Contracts
import Crypto
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne

// What a page becomes.
extension ObserveFeed {
    func decision(
        on page: Page, at place: Place, memory: FeedMemory, errand: CallID, now: Timestamp, shownAt date: Timestamp?
    ) -> Decision<FeedProgress> {
        let position = memory.positions[place.stream.rawValue] ?? FeedMemory.Position()
        var seen: [FeedProgress.Seen] = []
        var outputs: [Draft] = []
        var watermark = position.watermark
        var fresh = position
        // By its own clock where it tells it: a future that is only ours would be skipped.
        let latest = min(now, date ?? now)
        for item in page.items {
            let told = item.updatedAt ?? item.createdAt
            // What has no time says nothing of the others.
            if let told { watermark = max(watermark, told.watermark(at: latest)) }
            let at = told?.timestamp ?? now
            guard let version = version(of: item, stream: place.stream, known: fresh.published[item.id]) else {
                continue
            }
            let one = FeedProgress.Seen(id: item.id, version: version.name, at: at, digest: version.digest)
            fresh.publish(one)
            seen.append(one)
            outputs.append(draft(item, version: version.name, at: at, place: place))
        }
        for item in page.unreadable {
            // Known by what it says: the next walk shows it again, and it is set aside once.
            let name = FeedMemory.unreadable + Self.steadyDigest(of: item.bytes)
            guard fresh.published[name] == nil else { continue }
            let one = FeedProgress.Seen(id: name, version: "1", at: now)
            fresh.publish(one)
            seen.append(one)
            outputs.append(deadLetter(item, at: place, errand: errand, now: now))
        }
        guard !outputs.isEmpty else { return .nothing }
        return Decision(
            entries: [FeedProgress(stream: place.stream.rawValue, watermark: watermark, seen: seen)], outputs: outputs)
    }

    /// nil for a version that was published before. Threats are told apart by `updatedAt` in the console's own words,
    /// endpoints by their content, because their `updatedAt` moves with every sign of life.
    private func version(
        of item: Page.Item, stream: VendorStream, known: FeedMemory.Published?
    ) -> (name: String, digest: String?)? {
        guard stream == .agents else {
            let text = item.updatedAt?.text ?? item.createdAt?.text ?? SHA256(of: item.bytes).hex
            guard let known else { return (text, nil) }
            return known.version == text || known.earlier.contains(text) ? nil : (text, nil)
        }
        let digest = Self.steadyDigest(of: item.bytes)
        guard known?.digest != digest else { return nil }
        return (String((known.flatMap { Int($0.version) } ?? 0) + 1), digest)
    }

    /// Of everything but the fields that change without anything having happened.
    private static func steadyDigest(of bytes: Bytes) -> String {
        guard let members = try? JSONView(parsing: bytes).members else { return SHA256(of: bytes).hex }
        var steady: [UInt8] = []
        for (name, value) in members where !volatileFields.contains(name ?? "") {
            steady += (name ?? "?").utf8
            steady.append(0)
            steady += (try? value.raw.array) ?? []
            steady.append(0)
        }
        return String(SHA256(of: steady).hex.prefix(16))
    }

    private static let volatileFields: Set<String> = [
        "updatedAt", "lastActiveDate", "lastIpToMgmt", "activeThreats", "cpuUsage", "totalMemory",
    ]

    private func draft(_ item: Page.Item, version: String, at: Timestamp, place: Place) -> Draft {
        let subject =
            item.agentID.map { Subject(console: place.console, .agent, $0) }
            ?? item.siteID.map { Subject(console: place.console, .site, $0) }
            ?? item.accountID.map { Subject(console: place.console, .account, $0) } ?? Subject(console: place.console)
        let event = "\(place.console)/\(place.stream)/\(item.id)/\(version)"
        let record = ObservedRecord(
            console: place.console, subject: subject, id: item.id, version: version, at: at, raw: item.bytes,
            event: event, trace: Self.trace(event))
        return place.stream == .agents
            ? catalogue.agentsObserved.draft(record) : catalogue.threatsObserved.draft(record)
    }

    /// A traceparent that is derived, so that the same version has the same trace tomorrow.
    private static func trace(_ event: String) -> String {
        let digits = SHA256(of: event).hex
        return "00-\(digits.prefix(32))-\(digits.dropFirst(32).prefix(16))-01"
    }

    private func deadLetter(
        _ item: Page.Unreadable, at place: Place, errand: CallID, now: Timestamp
    ) -> Draft {
        let record = IncomingRecord(
            partition: Partition("api:\(place.console)/\(place.stream)", 0), offset: Offset(Int64(item.index)),
            key: Bytes(place.console.rawValue), value: item.bytes,
            headers: Headers([("docket-call", errand.rawValue)]), timestamp: now)
        let letter = DeadLetter(record, reason: item.reason, in: "observe")
        let topic = catalogue.deadLetters
        // Whole: what the log does not take the runner cuts.
        return Draft { _ in letter.record(for: topic, limit: .max) }
    }
}
