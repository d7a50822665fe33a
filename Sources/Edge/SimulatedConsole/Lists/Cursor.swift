import Foundation
import Ports

/// Where a page ended, opaque to clients: with a digest of all other parameters, so that a walk whose parameters change
/// half-way is refused instead of answered wrongly, and with the time it was given out.
struct Cursor {
    let spot: Spot

    static func text(_ spot: Spot, digest: UInt64, at now: Timestamp) -> String {
        let after: JSON =
            switch spot.key {
            case .missing: .null
            case .number(let number): .number(number)
            case .text(let text): .text(text)
            }
        let value: JSON = [
            "after": after, "ordinal": .number(Int64(spot.ordinal)), "query": .number(Int64(bitPattern: digest)),
            "at": .number(now.microseconds),
        ]
        return Data(value.bytes.array).base64EncodedString()
    }

    init(_ text: String, digest: UInt64, now: Timestamp, lifetime: Duration) throws(Refusal) {
        guard let data = Data(base64Encoded: text), let value = JSON(Bytes(Array(data))), let after = value["after"],
            let ordinal = value["ordinal"]?.integer, ordinal >= 0, ordinal < Int64.max,
            let query = value["query"]?.integer,
            let at = value["at"]?.integer
        else { throw .invalid("cursor: Not a valid cursor.") }
        guard UInt64(bitPattern: query) == digest else {
            throw .invalid("cursor: Belongs to a request with other parameters.")
        }
        guard now - Timestamp(microseconds: at) <= lifetime else { throw .invalid("cursor: Has expired.") }
        switch after {
        case .null: spot = Spot(key: .missing, ordinal: Int(ordinal))
        case .number(let number): spot = Spot(key: .number(number), ordinal: Int(ordinal))
        case .text(let text): spot = Spot(key: .text(text), ordinal: Int(ordinal))
        default: throw .invalid("cursor: Not a valid cursor.")
        }
    }
}
