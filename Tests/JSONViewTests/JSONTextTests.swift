import JSONView
import Ports
import Testing

@Suite("JSON text")
struct JSONTextTests {
    @Test("members come out in the order they were appended, and slices byte for byte")
    func order() throws {
        let threat = try JSONView(parsing: Bytes(#"{"t": {"b" : 1.0, "a":"\u0041"} }"#))
        let text = JSONText.object {
            $0.append("z", text: "1")
            $0.append("none", text: nil)
            $0.append("n", integer: -3)
            $0.append("yes", bool: true)
            $0.append("threat", raw: threat["t"])
            $0.append("absent", raw: threat["u"])
            $0.append("at", time: Timestamp(iso: "2026-11-20T10:15:31.804411Z"))
            $0.append("filter") { (filter: inout JSONObjectText) in
                filter.append("ids") { (ids: inout JSONArrayText) in
                    ids.append(text: "1")
                    ids.append(integer: 2)
                    ids.append(raw: Bytes("[3]"))
                    ids.append(object: { _ in })
                }
            }
            $0.append("a", array: { _ in })
        }
        #expect(
            text.text
                == #"{"z":"1","none":null,"n":-3,"yes":true,"threat":{"b" : 1.0, "a":"\u0041"},"absent":null,"#
                + #""at":"2026-11-20T10:15:31.804411Z","filter":{"ids":["1",2,[3],{}]},"a":[]}"#)
        _ = try JSONView(parsing: text)
    }

    @Test("every character of a text survives writing and reading, also as a name")
    func escaping() throws {
        var every = "\"\\/é😀\u{2028}\u{feff}\u{7f}"
        for scalar in UInt8(0)..<0x20 { every.unicodeScalars.append(Unicode.Scalar(scalar)) }
        let bytes = JSONText.object { $0.append(every, text: every) }
        let view = try JSONView(parsing: bytes)
        #expect(try view[every].text == every)
        #expect(bytes.array.allSatisfy { $0 >= 0x20 })
    }

    @Test("an error of whoever fills goes through unchanged")
    func errors() throws {
        let view = try JSONView(parsing: "{}")
        #expect(throws: JSONProblem(path: "id", expected: "text", found: "nothing")) {
            _ = try JSONText.array { (array: inout JSONArrayText) throws(JSONProblem) in
                array.append(text: try view["id"].text)
            }
        }
    }
}
