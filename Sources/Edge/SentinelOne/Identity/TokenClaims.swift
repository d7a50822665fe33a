import JSONView
package import Ports

/// What a token says of itself where it is a JWT: read here, without asking the console and without checking the
/// signature, so it is good for a warning and for nothing that anybody is let in by.
package struct TokenClaims: Sendable, Equatable {
    package let subject: String?
    package let expiresAt: Timestamp?

    /// Far longer than any token.
    private static let limit = 16 << 10

    /// nil for the older tokens, which say nothing, and for whatever else is not three parts with an object between.
    package init?(_ token: Secret) {
        let bytes = token.reveal().utf8
        guard bytes.count <= Self.limit else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decoded(parts[1]),
            let view = try? JSONView(parsing: Bytes(payload)), view.kind == .object
        else { return nil }
        subject = view["sub"].readableID
        expiresAt = Self.moment(view["exp"])
    }

    /// Seconds since 1970, perhaps with a fraction; nil for what lies outside the years that people write.
    private static func moment(_ view: JSONView) -> Timestamp? {
        guard let seconds = try? view.ifPresent?.number, abs(seconds) < 253_402_300_800 else { return nil }
        return Timestamp(microseconds: Int64(seconds * 1_000_000))
    }
}

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
