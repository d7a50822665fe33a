import Ports

/// One walk over a list, from its first page to its end. It says what comes next and notices when the console leads
/// it round; nothing here sends, and nothing is kept beyond the walk.
package struct Walk: Sendable, Equatable {
    package enum Step: Hashable, Sendable {
        /// The same query again, with this cursor.
        case next(Cursor)
        case end
        /// Another walk, from the watermark: this one would not end, or cannot go on.
        case beginAgain(Reason)
    }

    package enum Reason: String, Sendable {
        /// The console named a cursor that it named before.
        case cursorRepeated
        /// A page in the middle brought nothing but what this walk has seen.
        case rowsRepeated
        /// The console does not know its own cursor any more.
        case cursorExpired
        /// As many pages as one walk may have. Not a fault of the console: the next walk goes on from here.
        case budgetSpent
    }

    /// The page that is awaited; nil for the first one.
    package private(set) var cursor: Cursor?
    /// How many pages were taken.
    package private(set) var pages = 0
    private let budget: Int
    private var passed: Set<Cursor> = []
    /// Of the last pages their rows, by hash. That one in 2^32 is mistaken for another costs a walk, not a row. A longer
    /// way round that names new cursors all along ends with the budget. Page by page, so that a copy from before a page,
    /// kept in case its turn is undone, costs next to nothing.
    private var seen: [Set<UInt32>] = []
    private static let remembered = 32

    /// A thousand full pages hold a million rows; more is another walk's.
    package init(budget: Int = 1_000) { self.budget = max(1, budget) }

    /// Takes the page that was awaited.
    package mutating func advance(past page: Page) -> Step {
        pages += 1
        let isNew = remember(page)
        guard let next = page.nextCursor else { return .end }
        guard passed.insert(next).inserted else { return .beginAgain(.cursorRepeated) }
        guard isNew else { return .beginAgain(.rowsRepeated) }
        guard pages < budget else { return .beginAgain(.budgetSpent) }
        cursor = next
        return .next(next)
    }

    /// What to do instead of asking for the same page again; nil where that is what should be done.
    package func step(after problem: ReadProblem) -> Step? {
        problem.kind == .cursor && cursor != nil ? .beginAgain(.cursorExpired) : nil
    }

    /// Whether there was anything on the page that this walk has not seen. A row that changed meanwhile moves to the
    /// end of the list, and is new there; a page without rows repeats nothing.
    private mutating func remember(_ page: Page) -> Bool {
        let rows = page.items.map { Self.hash($0.id, $0.updatedAt?.text) } + page.unreadable.map { Self.hash($0.bytes) }
        // The first row already is, on nearly every page.
        let isNew = rows.isEmpty || rows.contains { row in !seen.contains { $0.contains(row) } }
        if seen.count == Self.remembered { seen.removeFirst() }
        seen.append(Set(rows))
        return isNew
    }

    private static func hash<each Part: Hashable>(_ part: repeat each Part) -> UInt32 {
        var hasher = Hasher()
        repeat hasher.combine(each part)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

extension EventPlace {
    /// Where the next page of events begins; nil when this one was the last.
    package func next(after page: Page) -> EventPlace? {
        let skip = skip + page.rowCount
        guard page.rowCount > 0, skip <= Self.last, page.totalItems.map({ skip < $0.least }) ?? true else { return nil }
        return EventPlace(skip: skip)
    }
}
