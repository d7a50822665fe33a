import Contracts
import Investigation
import Ports

// For people.
extension FeedReport {
    /// `waited`: for how long ingest was given to take it, and to do it; nil: nobody waited.
    package func text(on desk: Desk, waited: (answer: Duration, end: Duration)?, paper: Paper) -> String {
        var page = Page(paper)
        for console in reach.consoles { head(of: console, on: desk, waited?.answer, to: &page) }
        let places = reach.places.filter { !["sent", "refused"].contains(progress(of: $0, on: desk).word) }
        if !places.isEmpty {
            page.table(
                Table(
                    wish == .sync ? Self.syncHead(counts: published != nil) : Self.comparisonHead,
                    rows: places.map { row(of: $0, on: desk) }))
        }
        let notes = notes(among: places, desk, waited?.end)
        for note in notes { page.line(note) }
        let words = Set(places.map { progress(of: $0, on: desk).word })
        if wish == .reconcile, notes.isEmpty, words.contains("done"), words.isSubset(of: ["done", "uncompared"]) {
            page.line("Nothing is missing.")
        }
        return page.text
    }

    private func head(of console: ConsoleID, on desk: Desk, _ waited: Duration?, to page: inout Page) {
        guard let order = orders[console] else { return }
        switch desk.fate(of: order) {
        case .accepted: page.line("\(console): taken by ingest at \(desk.taken(order)?.toTheSecond ?? "-")")
        case .refused(let reason):
            page.line("\(console): refused by ingest: \(reason)")
            if let remedy = Self.remedy(for: reason) { page.line("  remedy: \(remedy)") }
        case .sent:
            guard let waited else { return page.line("\(console): sent; nobody was waited for") }
            page.line("\(console): no ingest took the order within \(waited.components.seconds) s")
            page.line(
                Cell(
                    "  remedy: start ingest with \(console) in its settings; the order stands for an hour from when it was "
                        + "signed"))
        }
    }

    /// What helps against what ingest itself says; nil: its sentence is the remedy.
    static func remedy(for reason: String) -> String? {
        if reason.hasPrefix("the signature") {
            return "ingest goes by its own settings: list the public key (docket key show FILE) under "
                + "actions.approvers there, and start it again"
        }
        if reason.hasPrefix("expired") {
            return "order it again; if that is refused too, compare this machine's clock with that of ingest's"
        }
        if reason.hasPrefix("signed for another deployment") {
            return "ingest runs with another deployment's settings: name the right ones with --settings"
        }
        return nil
    }

    // MARK: Rows

    private static func syncHead(counts: Bool) -> [String] {
        ["STREAM", "STATE"] + (counts ? ["PUBLISHED"] : []) + ["READ TO", "WANTED WALK BEGAN"]
    }

    private static let comparisonHead = [
        "STREAM", "STATE", "COUNTED", "SHOWN", "MISSING", "REPAIRED", "GONE", "AT", "HOURS COMPARED",
    ]

    private func row(of place: FeedPlace, on desk: Desk) -> [Cell] {
        let progress = progress(of: place, on: desk)
        let feed = desk.feeds[place]
        // As the next command takes it.
        let name = [Cell("\(place.console) \(place.stream.rawValue)"), state(progress, feed)]
        switch wish {
        case .sync:
            let position = feed?.position
            let readTo = position.flatMap { $0.watermark > .zero ? $0.watermark.toTheSecond : nil }
            return name + (published.map { [Cell(String($0[place] ?? 0))] } ?? [])
                + [Cell(readTo ?? "-"), Cell(position?.synced?.toTheSecond ?? "-")]
        case .reconcile:
            guard progress == .done, let found = feed?.reconciled else {
                return name + Array(repeating: Cell("-"), count: 7)
            }
            let numbers = [found.counted, found.shown, found.missing, found.repaired, found.gone]
            return name + numbers.map { Cell(String($0)) } + [Cell(found.at.toTheSecond), Cell(found.window)]
        }
    }

    private func state(_ progress: Progress, _ feed: Desk.Feed?) -> Cell {
        switch progress {
        case .sent: Cell("sent", .care)
        case .refused: Cell("refused", .bad)
        case .unread: Cell("not read", .bad)
        case .uncompared: Cell("no comparison")
        case .pending: Cell("under way", .care)
        case .never: Cell(wish == .sync ? "not read yet" : "not compared yet", .care)
        case .done: wish == .sync ? Cell("read", .good) : feed?.reconciled?.state ?? Cell("-")
        }
    }

    // MARK: Notes

    private struct Note {
        let text: String
        var remedy: String?
    }

    /// What is so of several streams of a console is said once.
    private func notes(among places: [FeedPlace], _ desk: Desk, _ waited: Duration?) -> [Cell] {
        var all: [(console: ConsoleID, streams: [String], note: Note)] = []
        for place in places {
            for note in notes(on: place, desk, waited) {
                if let same = all.firstIndex(where: { $0.console == place.console && $0.note.text == note.text }) {
                    all[same].streams.append(place.stream.rawValue)
                } else {
                    all.append((place.console, [place.stream.rawValue], note))
                }
            }
        }
        return all.indices.flatMap { index -> [Cell] in
            let one = all[index]
            let line = Cell("\(one.console) \(one.streams.joined(separator: ", ")): \(one.note.text)")
            let isRepeated = index + 1 < all.count && all[index + 1].note.remedy == one.note.remedy
            guard let remedy = one.note.remedy, !isRepeated else { return [line] }
            return [line, Cell("  remedy: \(remedy)")]
        }
    }

    private func notes(on place: FeedPlace, _ desk: Desk, _ waited: Duration?) -> [Note] {
        switch progress(of: place, on: desk) {
        case .sent, .refused, .uncompared, .never: return []
        case .unread(let reason, let remedy): return [Note(text: "not read: \(reason)", remedy: remedy)]
        case .pending:
            let isFirst = desk.feeds[place]?.position?.caughtUp == nil
            let reason = isFirst ? "its first reading is under way, and that comes first" : "it goes on"
            return [
                Note(
                    text: "not done\(waited.map { " within \($0.components.seconds) s" } ?? ""): \(reason)",
                    remedy: "docket \(wish.rawValue) --last shows what became of it")
            ]
        case .done:
            guard wish == .reconcile, let found = desk.feeds[place]?.reconciled else { return [] }
            return found.notes.map { Note(text: $0) }
        }
    }
}

extension FeedReconciliation {
    fileprivate var window: String {
        from == to ? "none yet" : "\(from.toTheHour) to \(to.toTheHour) (\(hours))"
    }

    fileprivate var state: Cell {
        if from == to { return Cell("nothing yet") }
        if open > 0 { return Cell("gap", .bad) }
        return repaired > 0 ? Cell("repaired", .care) : Cell("complete", .good)
    }

    fileprivate var notes: [String] {
        func records(_ count: Int) -> String { count == 1 ? "1 record" : "\(count) records" }
        var notes: [String] = []
        if from == to { notes.append("there is no whole hour to compare yet") }
        if repaired > 0 { notes.append("polling had missed \(records(repaired)); published now") }
        if open > 0 {
            notes.append(
                "\(records(open)) missing still: counted by the console and not shown; each comparison asks again")
        }
        if gone > 0 { notes.append("\(records(gone)) published and no longer at the console") }
        if notes.isEmpty, counted != shown {
            notes.append("the console counts otherwise than it lists; nothing that it lists is missing")
        }
        return notes
    }
}

extension Timestamp {
    fileprivate var toTheHour: String { description.prefix(10) + " " + description.dropFirst(11).prefix(5) }
}
