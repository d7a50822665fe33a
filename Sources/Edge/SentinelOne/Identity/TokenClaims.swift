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
