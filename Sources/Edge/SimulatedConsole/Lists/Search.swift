import Ports

/// One look at a stock: what is selected of it, in order, a page at a time.
struct Search<Row> {
    let listing: Listing<Row>
    let stock: Stock<Row>
    let selection: Selection<Row>
    let paging: Paging
    let lateness: Lateness?
    /// Nil where nothing may be remembered.
    let key: Remembered.Key?

    func page(after cursor: Spot?, _ remembered: inout Remembered) -> Listing<Row>.Page {
        var page = Listing<Row>.Page()
        let kept = selection.ids == nil ? stock.orders[paging.sort] : nil
        let order = kept ?? .arranged(arrangement(&remembered))
        let range = kept == nil ? 0..<order.count : indices(of: order, named: paging.sort)
        if !paging.skipsCount || paging.countsOnly {
            let total = kept == nil ? order.count : total(of: order, range, &remembered)
            page.total = min(total, listing.totalLimit)
        }
        if paging.countsOnly { return page }
        if paging.isAscending {
            let first = max(range.lowerBound, cursor.map { order.firstIndex(behind: $0) } ?? 0)
            fill(&page, from: order, first..<max(first, range.upperBound), isSifted: kept == nil)
        } else {
            let end = min(range.upperBound, cursor.map { order.firstIndex(notBefore: $0) } ?? order.count)
            fill(&page, from: order, (min(range.lowerBound, end)..<end).reversed(), isSifted: kept == nil)
        }
        return page
    }

    private func fill(
        _ page: inout Listing<Row>.Page, from order: Order, _ indices: some Sequence<Int>, isSifted: Bool
    ) {
        let isCandidate = isSifted ? { _ in true } : candidacy(apartFrom: paging.sort)
        let tests = isSifted ? [] : selection.tests
        var skip = paging.skip
        var last: Spot?
        for index in indices where order.isCurrent?(index) ?? true {
            let ordinal = order.ordinal(index)
            guard isCandidate(ordinal) else { continue }
            var row: Row?
            if !tests.isEmpty {
                let made = stock.row(ordinal)
                guard tests.allSatisfy({ $0(made) }) else { continue }
                row = made
            }
            if skip > 0 {
                skip -= 1
            } else if page.rows.count < paging.limit {
                page.rows.append(row ?? stock.row(ordinal))
                last = Spot(key: order.key(index), ordinal: ordinal)
            } else {
                page.next = last
                return
            }
        }
    }
}

extension Search {
    /// Where in an order everything lies that the time it goes by allows.
    private func indices(of order: Order, named name: String) -> Range<Int> {
        guard let span = selection.spans[name] else { return 0..<order.count }
        let first = order.firstIndex(notBefore: Spot(key: .number(span.first), ordinal: 0))
        let end = order.firstIndex(notBefore: Spot(key: .number(span.last), ordinal: .max))
        return first..<max(first, end)
    }

    /// What can be told of a record without its row.
    private func candidacy(apartFrom order: String) -> (Int) -> Bool {
        let spans = selection.spans.compactMap { name, span in
            name == order ? nil : stock.times[name].map { (time: $0, span: span) }
        }
        let scoping = selection.scoping.isWhole ? nil : selection.scoping
        let (among, hidden) = (selection.among, selection.hidden)
        if spans.isEmpty, scoping == nil, lateness == nil, among == nil, hidden.isEmpty { return { _ in true } }
        return { ordinal in
            among?[ordinal] ?? true && !hidden.contains { $0(ordinal) }
                && spans.allSatisfy { $0.span.contains($0.time(ordinal).microseconds) }
                && scoping?.holds(stock.place(ordinal)) ?? true
                && !(lateness?.hides(ordinal, changedAt: stock.changedAt(ordinal)) ?? false)
        }
    }

    private func total(of order: Order, _ range: Range<Int>, _ remembered: inout Remembered) -> Int {
        let isPlain =
            selection.tests.isEmpty && selection.scoping.isWhole && lateness == nil && selection.among == nil
            && selection.hidden.isEmpty
            && selection.spans.keys.allSatisfy { $0 == paging.sort }
        if isPlain { return range.count - (order.staleCount?(range) ?? 0) }
        if let key, let total = remembered[total: key] { return total }
        let isCandidate = candidacy(apartFrom: paging.sort)
        let total = range.count { index in
            guard order.isCurrent?(index) ?? true else { return false }
            let ordinal = order.ordinal(index)
            return isCandidate(ordinal) && passes(ordinal)
        }
        if let key { remembered.note(total: total, key) }
        return total
    }

    private func passes(_ ordinal: Int) -> Bool {
        guard !selection.tests.isEmpty else { return true }
        let row = stock.row(ordinal)
        return selection.tests.allSatisfy { $0(row) }
    }

    /// Everything selected, sorted by what nobody keeps in order.
    private func arrangement(_ remembered: inout Remembered) -> [Spot] {
        if let ids = selection.ids {
            return sorted(ids.compactMap(stock.ordinal), candidacy(apartFrom: ""))
        }
        if let key, let spots = remembered[arrangement: key] { return spots }
        let spots: [Spot]
        // The shortest way to what is selected leads along a time that is kept in order.
        if let (name, order) = stock.orders.first(where: { selection.spans[$0.key] != nil }) {
            let indices = indices(of: order, named: name).lazy.filter { order.isCurrent?($0) ?? true }
            spots = sorted(indices.map(order.ordinal), candidacy(apartFrom: name))
        } else {
            spots = sorted(0..<stock.count, candidacy(apartFrom: ""))
        }
        if let key { remembered.note(spots, key) }
        return spots
    }

    private func sorted(_ ordinals: some Sequence<Int>, _ isCandidate: (Int) -> Bool) -> [Spot] {
        guard let sortKey = listing.sorts[paging.sort] else { return [] }
        let time = stock.times[paging.sort]
        var spots: [Spot] = []
        for ordinal in ordinals where isCandidate(ordinal) {
            var key = time.map { SortKey($0(ordinal)) }
            // Ids grow with ordinals, and a list in their order needs no other key.
            if paging.sort == "id" { key = .missing }
            if key == nil || !selection.tests.isEmpty {
                let row = stock.row(ordinal)
                guard selection.tests.allSatisfy({ $0(row) }) else { continue }
                if key == nil { key = sortKey(row) }
            }
            spots.append(Spot(key: key ?? .missing, ordinal: ordinal))
        }
        spots.sort()
        return spots
    }
}
