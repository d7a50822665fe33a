import Contracts
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne
import Stages
import Testing

/// What must be true of every world, whatever the seed. Each says what it found, with the record's whole history.
struct Invariants {
    let chronicle: Chronicle
    let world: World

    private struct Name: Hashable {
        let console: ConsoleID
        let stream: ObservedStream
        let id: String?
    }

    private let publishedByName: [Name: [Published]]

    init(of world: World) {
        self.world = world
        chronicle = Chronicle(of: world)
        publishedByName = Dictionary(grouping: chronicle.published) {
            Name(console: $0.console, stream: $0.stream, id: $0.id)
        }
    }

    func checkAll() throws {
        everyVersionWasShown()
        noneTwice()
        inOrder()
        committedPagesArePublished()
        buriedWereAskedFor()
        eachRowEndsOnce()
        try atRestTheLastVersionIsPublished()
        try journalFoldsAlike()
        try memoryIsTheFold()
        try canaryEverywhere()
        try everybodySeesTheSame()
    }

    private func fail(_ what: String, _ id: String?, _ stream: ObservedStream, _ console: ConsoleID) {
        Issue.record("\(what)\n\(chronicle.history(id, stream, at: console))")
    }

    // 1

    /// Every published version was shown by the API, byte for byte.
    func everyVersionWasShown() {
        var shown: [ObservedStream: Set<Exact>] = [:]
        for page in chronicle.pages {
            shown[page.shown.stream, default: []].formUnion(page.rows.map { Exact($0.bytes) })
        }
        for one in chronicle.published {
            guard let row = one.row, shown[one.stream]?.contains(Exact(row.bytes)) != true else { continue }
            fail("version \(one.version) was published and never shown", one.id, one.stream, one.console)
        }
    }

    /// None is published twice: no event, no told version, no content right after itself.
    func noneTwice() {
        var events: Set<String> = []
        // A version that was only ever a lie, and an old one, is forgotten like any other, and may be told again.
        let lies = versionsOnlyLiedAbout
        let published = chronicle.published.filter {
            !lies.contains("\($0.console)/\($0.stream)/\($0.id)/\($0.version)")
        }
        let publishedByName = publishedByName.mapValues { versions in
            versions.filter { !lies.contains("\($0.console)/\($0.stream)/\($0.id)/\($0.version)") }
        }
        for one in published where !events.insert("\(one.stream)\(one.event)").inserted {
            fail("\(one.event) was published twice", one.id, one.stream, one.console)
        }
        for (name, versions) in publishedByName {
            switch name.stream {
            case .threats, .groups:
                if Set(versions.map(\.version)).count == versions.count { continue }
                fail("a version was published twice", name.id, name.stream, name.console)
            case .activities:
                if versions.count == 1 { continue }
                fail("an activity was published \(versions.count) times", name.id, name.stream, name.console)
            case .alerts, .agents:
                let repeated = zip(versions, versions.dropFirst()).contains { $0.row?.content == $1.row?.content }
                if repeated { fail("a content was published twice", name.id, name.stream, name.console) }
            }
        }
    }

    private var versionsOnlyLiedAbout: Set<String> {
        var lies: Set<String> = []
        var truths: Set<String> = []
        for page in chronicle.pages where [.threats, .groups].contains(page.shown.stream) {
            let liedAbout = Set(page.liedAbout.compactMap(\.id))
            for row in page.rows {
                guard let id = row.id, let version = row.version else { continue }
                let name = "\(page.site.id)/\(page.shown.stream)/\(id)/\(version)"
                if liedAbout.contains(id) { lies.insert(name) } else { truths.insert(name) }
            }
        }
        return lies.subtracting(truths)
    }

    /// Per id in order: as they were shown, and where we count them, counted without a gap.
    func inOrder() {
        var shown: [Name: [Exact]] = [:]
        for page in chronicle.pages {
            for row in page.rows {
                shown[Name(console: page.site.id, stream: page.shown.stream, id: row.id), default: []].append(
                    Exact(row.bytes))
            }
        }
        for (name, versions) in publishedByName {
            var rest = (shown[name] ?? [])[...]
            for one in versions {
                guard let row = one.row else { continue }
                guard let place = rest.firstIndex(of: Exact(row.bytes)) else {
                    fail("version \(one.version) is out of order", name.id, name.stream, name.console)
                    break
                }
                rest = rest[place...]
            }
            guard name.stream == .agents || name.stream == .alerts else { continue }
            let numbers = versions.map { Int($0.event.split(separator: "/").last ?? "") ?? -1 }
            if numbers != Array(1...numbers.count) {
                fail("versions are numbered \(numbers)", name.id, name.stream, name.console)
            }
        }
    }

    /// Every version on a committed page is published, and so is all that was shown while nothing went wrong.
    func committedPagesArePublished() {
        let letters = Set(chronicle.letters.compactMap(\.value).map { Exact($0) })
        let unreadable = Set(letters.map { RowReader.content(of: $0.bytes) })
        for page in chronicle.pages where page.isCommitted {
            for row in page.rows {
                let versions = publishedByName[Name(console: page.site.id, stream: page.shown.stream, id: row.id)] ?? []
                let isPublished =
                    switch page.shown.stream {
                    case .activities: !versions.isEmpty
                    case .threats, .groups:
                        versions.contains {
                            $0.version == row.version || $0.row.map { Exact($0.bytes) } == Exact(row.bytes)
                        }
                    case .alerts, .agents: versions.contains { $0.row?.content == row.content }
                    }
                if isPublished || letters.contains(Exact(row.bytes)) || unreadable.contains(row.content) { continue }
                let isKnown = versions.contains { $0.at < page.shown.at }
                if mayBeHidden(row, page.shown.stream, at: page.site, isKnown: isKnown) { continue }
                fail("\(page.shown.call) was committed without all of it", row.id, page.shown.stream, page.site.id)
                return
            }
        }
    }

    /// At rest the last version of every record is published.
    func atRestTheLastVersionIsPublished() throws {
        var reader = RowReader()
        var liedAbout: [Name: Timestamp] = [:]
        for page in chronicle.pages {
            for row in page.liedAbout {
                liedAbout[Name(console: page.site.id, stream: page.shown.stream, id: row.id)] = page.shown.at
            }
        }
        // What changed a moment ago may be on its way.
        let settled = world.now - .seconds(120)
        for site in world.sites {
            for stream in ObservedStream.allCases where world.settings[stream].isOn {
                for item in try site.truth(stream) {
                    let name = Name(console: site.id, stream: stream, id: item.id)
                    let changed = (item.updatedAt ?? item.createdAt)?.timestamp ?? .zero
                    // Nor can a reader know better than the console that lied to it.
                    guard changed < settled, liedAbout[name].map({ $0 < changed }) ?? true else { continue }
                    let versions = publishedByName[name] ?? []
                    let row = reader.row(item.bytes, of: stream)
                    let isPublished =
                        switch stream {
                        case .threats, .groups: versions.contains { $0.version == row.version }
                        case .activities: !versions.isEmpty
                        case .agents:
                            // What changes without its time shows with the next list of all.
                            versions.last?.row.map { $0.content == row.content || $0.version == row.version } ?? false
                        case .alerts:
                            versions.last?.row.map { Self.isResolved($0) || Self.judgement($0) == Self.judgement(row) }
                                ?? false
                        }
                    if isPublished { continue }
                    if mayBeHidden(row, stream, at: site, isKnown: !versions.isEmpty) { continue }
                    fail(
                        "the last version (\(row.version ?? "?") #\(row.content & 0xffff)) is not published", item.id,
                        stream, site.id)
                    return
                }
            }
        }
    }

    /// Whether any filter that ever was set hides it from those who know its record, or from those who do not.
    private func mayBeHidden(_ row: Row, _ stream: ObservedStream, at site: Site, isKnown: Bool) -> Bool {
        guard let view = try? JSONView(parsing: row.bytes) else { return false }
        return site.shapes.contains { $0.sieve.hides(view, of: Site.vendor(stream), isKnown: isKnown) != nil }
    }

    /// Of an alert: what it is about. The state of its endpoint changes without the alert.
    private static func judgement(_ row: Row) -> Bytes? { try? JSONView(parsing: row.bytes)["alertInfo"].raw }

    /// Nobody asks again for an alert that was resolved, and no list tells what becomes of it.
    private static func isResolved(_ row: Row) -> Bool {
        (try? JSONView(parsing: row.bytes)["alertInfo"]["incidentStatus"].text.lowercased()) == "resolved"
    }

    /// Nobody is buried who was not asked for by name, and was not there.
    func buriedWereAskedFor() {
        for one in chronicle.published where one.row == nil {
            let isAbsent = chronicle.pages.contains { page in
                page.site.id == one.console && page.shown.stream == one.stream && page.shown.at <= one.at
                    && page.shown.ids?.contains(one.id) ?? false && !page.rows.contains { $0.id == one.id }
            }
            if !isAbsent { fail("it was buried, and nobody had asked for it", one.id, one.stream, one.console) }
        }
    }

    // 7

    /// What was set aside was not also published, and is set aside once.
    func eachRowEndsOnce() {
        let published = Set(chronicle.published.compactMap { $0.row.map { Exact($0.bytes) } })
        var seen: Set<Exact> = []
        for letter in chronicle.letters {
            guard let value = letter.value else { continue }
            let reason = letter.headers["docket-reason"] ?? "?"
            if published.contains(Exact(value)) {
                Issue.record("seed \(world.seed): set aside (\(reason)) and published: \(value.text ?? "?")")
            }
            if !seen.insert(Exact(value + (letter.headers["docket-source-topic"] ?? ""))).inserted {
                Issue.record("seed \(world.seed): set aside twice (\(reason)): \(value.text ?? "?")")
            }
        }
    }
}
