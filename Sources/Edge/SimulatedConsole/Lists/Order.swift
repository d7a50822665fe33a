import Ports

/// What a list is sorted by; what a record lacks comes first.
enum SortKey: Comparable, Sendable {
    case missing
    case number(Int64)
    case text(String)

    init(_ number: Int64?) { self = number.map { .number($0) } ?? .missing }
    init(_ number: Int) { self = .number(Int64(number)) }
    init(_ time: Timestamp?) { self.init(time?.microseconds) }
    init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
    init(_ flag: Bool) { self = .number(flag ? 1 : 0) }
}

/// Where a record stands in a sorted list: behind those with a lower key, and among equal ones by its id.
struct Spot: Comparable, Sendable {
    let key: SortKey
    let ordinal: Int

    static func < (left: Spot, right: Spot) -> Bool {
        if left.key != right.key { return left.key < right.key }
        return left.ordinal < right.ordinal
    }
}

/// Records in the order of one of their fields, to be looked into anywhere.
struct Order {
    let count: Int
    let ordinal: (Int) -> Int
    let key: (Int) -> SortKey
    /// Whether what stands there has not moved on.
    var isCurrent: ((Int) -> Bool)?
    /// How many of those there have moved on.
    var staleCount: ((Range<Int>) -> Int)?

    /// The first that stands at the spot or behind it.
    func firstIndex(notBefore spot: Spot) -> Int {
        count.firstIndex { index in
            let key = key(index)
            return key == spot.key ? ordinal(index) >= spot.ordinal : key > spot.key
        }
    }

    func firstIndex(behind spot: Spot) -> Int { firstIndex(notBefore: Spot(key: spot.key, ordinal: spot.ordinal + 1)) }
}

extension Order {
    /// By creation: in which ordinals, and so ids, come.
    static func creation(_ count: Int, _ key: @escaping (Int) -> SortKey) -> Order {
        Order(count: count, ordinal: { $0 }, key: key)
    }

    static func arranged(_ spots: [Spot]) -> Order {
        Order(count: spots.count, ordinal: { spots[$0].ordinal }, key: { spots[$0].key })
    }

    /// By last change.
    static func change(_ recency: Recency, _ updatedAt: @escaping (Int) -> Timestamp) -> Order {
        let places = recency.places
        return Order(
            count: places.count, ordinal: { places[$0].ordinal }, key: { .number(places[$0].time.microseconds) },
            isCurrent: { updatedAt(places[$0].ordinal) == places[$0].time },
            staleCount: { range in
                range.count { updatedAt(places[$0].ordinal) != places[$0].time }
            })
    }

    /// All of this one, then all of another whose first is not before this one's last.
    func followed(by other: Order) -> Order {
        let mine = self
        return Order(
            count: count + other.count,
            ordinal: { $0 < mine.count ? mine.ordinal($0) : other.ordinal($0 - mine.count) },
            key: { $0 < mine.count ? mine.key($0) : other.key($0 - mine.count) },
            isCurrent: { index in
                index < mine.count ? mine.isCurrent?(index) ?? true : other.isCurrent?(index - mine.count) ?? true
            },
            staleCount: { range in
                let own = range.clamped(to: 0..<mine.count)
                let rest = range.clamped(to: mine.count..<mine.count + other.count)
                return (mine.staleCount?(own) ?? 0)
                    + (other.staleCount?(rest.lowerBound - mine.count..<rest.upperBound - mine.count) ?? 0)
            })
    }
}
