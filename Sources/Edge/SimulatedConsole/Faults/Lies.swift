import Foundation
import Ports

/// What a list does to what it shows while it is told to lie. Rows are bytes by then.
struct Lies: Sendable {
    private let lies: [Lie]
    private let seed: UInt64

    init(_ lies: [Lie], seed: UInt64) {
        self.lies = lies
        self.seed = seed
    }

    /// What stands in the place of a row: itself, something else, nothing, or it twice.
    func alter(_ row: [UInt8]) -> [[UInt8]] {
        var rows = [row]
        for (number, lie) in lies.enumerated() where meets(row, lie, number) {
            rows = rows.flatMap { lie.told(of: $0) }
        }
        return rows
    }

    /// The `nextCursor` to show for the true one, written.
    func cursor(_ cursor: String?) -> [UInt8] {
        for lie in lies {
            switch lie.kind {
            case .cursorLoop: return ((requestCursor ?? cursor).map { JSON.text($0) } ?? .null).bytes.array
            case .cursorForeign: return JSON.text(Self.foreign).bytes.array
            case .cursorNull: return Array("null".utf8)
            case .cursorEmpty: return Array(#""""#.utf8)
            case .cursorNullText: return Array(#""null""#.utf8)
            default: continue  // the other kinds leave cursors alone
            }
        }
        return (cursor.map { JSON.text($0) } ?? .null).bytes.array
    }

    /// What the page was asked for with: a looping console gives it again, and the walk stays where it is.
    var requestCursor: String?

    /// In the form of a real one, and of no request that was ever made.
    private static let foreign = Data(#"{"after":0,"id":0,"query":1}"#.utf8).base64EncodedString()

    /// The whole answer, once its rows are written: what concerns no single row, and what the page was read for.
    func finished(_ body: Bytes, _ console: inout SimulatedConsole) -> Bytes {
        var bytes = body.array
        if lies.contains(where: { $0.kind == .withheldRow }) {
            // What is not there was not shown.
            let page = String(decoding: bytes, as: UTF8.self)
            console.shown.settle(shown: true) { !page.contains(String($0)) }
        }
        for lie in lies {
            switch lie.kind {
            case .noPagination:
                if let row = RowText(bytes), let pagination = row.member("pagination") {
                    bytes = row.without(pagination)
                }
            case .pageShift: console.shift(lie.count)
            default: continue  // the other kinds are about rows and cursors
            }
        }
        return Bytes(bytes)
    }

    private func meets(_ row: [UInt8], _ lie: Lie, _ number: Int) -> Bool {
        guard lie.rows < 100 else { return true }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in row { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var dice = Dice(seed ^ hash, number)
        return dice.below(100) < lie.rows
    }
}

extension Lie {
    /// The row as this lie has it.
    fileprivate func told(of bytes: [UInt8]) -> [[UInt8]] {
        if kind == .withheldRow { return [] }
        guard let row = RowText(bytes) else { return [bytes] }
        switch kind {
        case .numericIDs: return [row.replacing { $1.asNumericID }]
        case .textFlags: return [row.replacing { Self.flags[String(decoding: $1, as: UTF8.self)] }]
        case .joinedAddresses: return [row.replacing { $1.asJoinedAddresses }]
        case .fieldExtra:
            return [Array("{\"simulatedExtra\":{\"nested\":[1,null,\"x\"]},".utf8) + bytes.dropFirst()]
        case .duplicateRow:
            guard let time = row.member("updatedAt") ?? row.member("createdAt"),
                let later = row.time(time, moved: .microseconds(1))
            else { return [bytes, bytes] }
            return [bytes, row.replacing(time, with: later)]
        default: return [row.member(field).map { changed($0, in: row) } ?? bytes]  // what is about one member
        }
    }

    private static let flags = ["true": Array(#""True""#.utf8), "false": Array(#""False""#.utf8)]

    private func changed(_ member: RowText.Member, in row: RowText) -> [UInt8] {
        func put(_ text: String) -> [UInt8] { row.replacing(member, with: text.utf8) }
        func quoted(_ inside: [UInt8]) -> [UInt8] {
            row.replacing(member, with: [UInt8(ascii: "\"")] + inside + [UInt8(ascii: "\"")])
        }
        switch kind {
        case .fieldNull: return put("null")
        case .fieldMissing: return row.without(member)
        case .fieldRetyped: return put(row.text(member).retyped)
        case .timeAtEpoch: return put(#""1970-01-01T00:00:00Z""#)
        case .timeFarAhead: return put(#""2185-07-21T23:34:33.709552Z""#)
        case .timeBackwards:
            return row.time(member, moved: .seconds(-3_600)).map { row.replacing(member, with: $0) } ?? row.bytes
        case .invalidUTF8: return quoted([0x61, 0xc3, 0x28, 0xff])
        case .loneSurrogate: return put(#""a\ud83d""#)
        case .nulByte: return put(#""a\u0000b""#)
        case .longText: return quoted([UInt8](repeating: UInt8(ascii: "A"), count: count))
        case .deepNesting: return put(String(repeating: "[", count: count) + String(repeating: "]", count: count))
        case .duplicateKey:
            let name = member.path.last ?? ""
            return Array(row.bytes[..<member.value.upperBound]) + Array(",\"\(name)\":\"another\"".utf8)
                + row.bytes[member.value.upperBound...]
        case .unknownValue: return put(#""simulated_unheard_of""#)
        default: return row.bytes  // about no single member
        }
    }
}

extension RowText {
    /// The member's time, moved, quoted; nil where it holds none.
    fileprivate func time(_ member: Member, moved by: Duration) -> [UInt8]? {
        let text = String(decoding: text(member).dropFirst().dropLast(), as: UTF8.self)
        return Timestamp(iso: text).map { Array("\"\(($0 + by).description)\"".utf8) }
    }
}

extension ArraySlice<UInt8> {
    private var quoted: ArraySlice<UInt8>? {
        first == UInt8(ascii: "\"") && count >= 2 ? dropFirst().dropLast() : nil
    }

    /// Past 2^53, where a reader that takes numbers for doubles loses the last digits.
    fileprivate var asNumericID: [UInt8]? {
        guard let digits = quoted, (17...19).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Array(digits)
    }

    fileprivate var asJoinedAddresses: [UInt8]? {
        guard let text = quoted.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else { return nil }
        return Array("\"\(text),192.0.2.77\"".utf8)
    }

    fileprivate var retyped: String {
        switch first {
        case UInt8(ascii: "\""): "42"
        case UInt8(ascii: "{"): "[]"
        case UInt8(ascii: "["): "{}"
        case UInt8(ascii: "n"): "[]"
        default: "\"\(String(decoding: self, as: UTF8.self))\""
        }
    }
}
