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
        // By hand: every threat shows a hundred of them, and a list a thousand threats.
        var text: [UInt8] = []
        text.reserveCapacity(digits)
        while text.count < digits {
            let part = roll()
            for shift in stride(from: 60, through: 0, by: -4) where text.count < digits {
                let digit = UInt8(truncatingIfNeeded: part >> UInt64(shift)) & 15
                text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    mutating func uuid() -> String { "\(hex(8))-\(hex(4))-4\(hex(3))-8\(hex(3))-\(hex(12))" }

    static func uuid(of id: Int64) -> String {
        var dice = Dice(UInt64(bitPattern: id))
        return dice.uuid()
    }
}
