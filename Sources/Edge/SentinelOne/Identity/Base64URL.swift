/// RFC 4648, section 5: base64 with `-` and `_`, its padding left out or not.
enum Base64URL {
    /// nil for anything else.
    static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var (decoded, bits, pending, padding): ([UInt8], UInt32, Int, Int) = ([], 0, 0, 0)
        decoded.reserveCapacity(text.count * 3 / 4)
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: character) else { return nil }
            bits = (bits << 6 | value) & 0xffff
            pending += 6
            if pending >= 8 {
                pending -= 8
                decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
            }
        }
        // One character alone holds no byte, and padding only fills up to four.
        let isWhole = padding == 0 ? text.count % 4 != 1 : padding <= 2 && text.count % 4 == 0
        return isWhole ? decoded : nil
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil  // no character of the alphabet
        }
    }
}
