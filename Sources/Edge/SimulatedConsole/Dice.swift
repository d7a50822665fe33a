import Ports

/// SplitMix64: the same seed tells the same story on every machine.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64, _ salt: Int = 0) { state = seed &+ UInt64(bitPattern: Int64(salt)) &* 0xd1b5_4a32_d192_ed03 }

    mutating func roll() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 0 up to, and not including, `limit`.
    mutating func below(_ limit: Int) -> Int { Int(roll() % UInt64(limit)) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    mutating func hex(_ digits: Int) -> String {
        var text = ""
        while text.count < digits {
            let part = String(roll(), radix: 16)
            text += String(repeating: "0", count: 16 - part.count) + part
        }
        return String(text.prefix(digits))
    }

    mutating func uuid() -> String { "\(hex(8))-\(hex(4))-4\(hex(3))-8\(hex(3))-\(hex(12))" }

    static func uuid(of id: Int64) -> String {
        var dice = Dice(UInt64(bitPattern: id))
        return dice.uuid()
    }
}

/// The console's ids: 19 decimal digits, growing with the ordinal within one kind of object.
///
/// What lives on (endpoints, people) has the same id in every run of one seed. What happens (threats, activities) has ids
/// that grow with the time of the run's start, so that a second run is new events and not changed old ones.
struct Numbering: Sendable {
    enum Kind: Int64 { case account = 1, site, group, agent, threat, activity, user, role, part }

    private let base: Int64
    private let eventBase: Int64

    init(seed: UInt64, start: Timestamp) {
        var dice = Dice(seed, 1)
        base = 1_800_000_000_000_000_000 + Int64(dice.below(90_000)) * 1_000_000_000_000
        // Twenty bits below the millisecond, like a snowflake: within 2^63 until the year 2248.
        eventBase = min(max(start.milliseconds, 0), 1 << 42) << 20
    }

    func id(_ kind: Kind, _ ordinal: Int) -> Int64 {
        switch kind {
        case .threat: eventBase + Int64(ordinal) * 2
        case .activity: eventBase + Int64(ordinal) * 2 + 1
        case .account, .site, .group, .agent, .user, .role, .part:
            base + kind.rawValue * 100_000_000_000 + Int64(ordinal) * 37
        }
    }
}
