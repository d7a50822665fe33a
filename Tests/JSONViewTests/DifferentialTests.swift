import Foundation
import JSONView
import PipelineTesting
import Ports
import Testing

@Suite("JSON view beside Foundation's parser")
struct DifferentialTests {
    private func ours(_ bytes: [UInt8]) -> JSONView? { try? JSONView(parsing: Bytes(bytes)) }

    private func theirs(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    /// nil where both say the same about a document; else the document.
    private func difference(_ bytes: [UInt8]) throws -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        switch (ours(bytes), theirs(bytes)) {
        case (nil, nil): return nil
        case (let view?, let value?): return try same(view, value) ? nil : text
        // Foundation forgives a comma before the end.
        case (nil, .some) where text.contains(/,\s*[\]}]/): return nil
        case (nil, .some), (.some, nil): return text
        }
    }

    private func same(_ view: JSONView, _ value: Any) throws -> Bool {
        switch view.kind {
        case .null: return value is NSNull
        case .text: return try view.text == value as? String
        case .bool: return try view.bool == value as? Bool
        case .number: return try view.number == value as? Double
        case .array:
            let (elements, values) = (Array(try view.elements), value as? [Any] ?? [])
            return try elements.count == values.count && zip(elements, values).allSatisfy { try same($0, $1) }
        case .object:
            let (members, values) = (Array(try view.members), value as? [String: Any] ?? [:])
            return try members.count == values.count
                && members.allSatisfy { member in
                    guard let name = member.name, let value = values[name] else { return false }
                    return try same(view[name], value)
                }
        case .missing: return false
        }
    }

    @Test("every single-byte change of a document is taken or refused as Foundation does, and read alike")
    func mutations() throws {
        // Names that no single change makes equal: which of two counts differs, on purpose.
        let sample = Array(#"{"aa":[1,-0.5e+3,"x\n\u00e9\"",true,null,{}],"bb":{"c":false},"dd":""}"#.utf8)
        for position in sample.indices {
            var bytes = sample
            for byte in UInt8.min...UInt8.max {
                bytes[position] = byte
                #expect(try difference(bytes) == nil, "byte \(byte) at \(position)")
            }
        }
    }

    @Test("short random documents are taken or refused as Foundation does", arguments: 0..<4 as Range<UInt64>)
    func soup(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("[]{}:,\"\"\"1a0-.e \\".utf8)
        var taken = 0
        for _ in 0..<10_000 {
            let bytes = (0..<Int.random(in: 1...9, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            if ours(bytes) != nil { taken += 1 }
            #expect(try difference(bytes) == nil)
        }
        #expect(taken > 100)
    }
}
