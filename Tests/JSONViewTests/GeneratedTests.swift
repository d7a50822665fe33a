import Foundation
import JSONView
import PipelineTesting
import Ports
import Testing

/// Documents as a hostile console would write them: valid, or wrong in one of the ways that matter.
private struct Generator {
    var random: SplitMix64

    mutating func document() -> [UInt8] { value(depth: 0) }

    private mutating func value(depth: Int) -> [UInt8] {
        switch Int.random(in: 0..<(depth < 5 ? 10 : 6), using: &random) {
        case 0: pick(["null", "true", "false", "NULL", "tru"])
        case 1:
            pick([
                "0", "-0", "1", "9007199254740993", "18446744073709551616", "1.5e3", "-1E-7", "01", "1.", ".5", "+1",
                "1e5", "0.0000001", "123456789012345678",
            ])
        case 2...5: text()
        case 6, 7: array(depth: depth)
        default: object(depth: depth)
        }
    }

    private mutating func pick(_ words: [String]) -> [UInt8] {
        // The last words of each list are not JSON; they are taken less often.
        let word = words[
            min(Int.random(in: 0..<words.count, using: &random), Int.random(in: 0..<words.count, using: &random))]
        return Array(word.utf8)
    }

    /// Without U+FEFF, which Foundation drops from texts.
    private mutating func text() -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            text += pick([
                "a", "id", "é", "😀", " ", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\u0000", "\\ud83d\\ude00",
                "\u{2028}", "\\ud800", "\\ude00\\ud83d", "\\x", "\\u12", "\t",
            ])
            if Int.random(in: 0..<60, using: &random) == 0 {
                text.append([0xff, 0xc0, 0xed, 0x00][Int.random(in: 0..<4, using: &random)])
            }
        }
        return text + [UInt8(ascii: "\"")]
    }

    private mutating func array(depth: Int) -> [UInt8] {
        let elements = (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth + 1) }
        return [UInt8(ascii: "[")] + elements.joined(separator: pick([",", " , ", ",\n", ",,"]))
            + pick(["]", " ]", ",]"])
    }

    private mutating func object(depth: Int) -> [UInt8] {
        let members = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
            text() + pick([":", " : ", "::"]) + value(depth: depth + 1)
        }
        return [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + pick(["}", "\n}", ",}"])
    }
}

@Suite("Generated documents beside Foundation's parser")
struct GeneratedTests {
    /// nil where both read the same; counts the names that an object has more than once as one.
    private func difference(_ view: JSONView, _ value: Any) throws -> String? {
        switch view.kind {
        case .null: return value is NSNull ? nil : view.path
        case .text: return try view.text == value as? String ? nil : view.path
        case .bool: return try view.bool == value as? Bool ? nil : view.path
        case .number: return try view.number == (value as? NSNumber)?.doubleValue ? nil : view.path
        case .array:
            let (elements, values) = (Array(try view.elements), value as? [Any] ?? [])
            guard elements.count == values.count else { return view.path }
            return try zip(elements, values).lazy.compactMap { try difference($0, $1) }.first
        case .object:
            let (members, values) = (Array(try view.members), value as? [String: Any] ?? [:])
            // Which of two members of one name counts differs, on purpose: ours is the first.
            guard Set(members.map(\.name)).count == members.count else { return nil }
            guard members.count == values.count else { return view.path }
            for (name, member) in members {
                guard let name, let other = values[name] else { return view.path }
                if let found = try difference(member, other) { return found }
            }
            return nil
        case .missing: return view.path
        }
    }

    @Test(
        "whatever both take they read alike, and what only one takes has a reason", arguments: 0..<16 as Range<UInt64>)
    func alike(seed: UInt64) throws {
        var generator = Generator(random: SplitMix64(seed: seed))
        var both = 0
        for _ in 0..<2_000 {
            let bytes = generator.document()
            let text = String(decoding: bytes, as: UTF8.self)
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            guard let ours = try? JSONView(parsing: Bytes(bytes)) else {
                // Foundation forgives a comma before the end.
                #expect(theirs == nil || text.contains(/,\s*[\]}]/), "\(text)")
                continue
            }
            // A text with half a pair is refused by us when it is read, and by Foundation with all its document.
            guard let theirs else {
                #expect(text.contains(/\\u[dD][89abcdefABCDEF]/), "\(text)")
                continue
            }
            both += 1
            #expect(try difference(ours, theirs) == nil, "\(text)")
        }
        #expect(both > 200)
    }
}
