import JSONView
import Ports
import Testing

@Suite("JSON view")
struct JSONViewTests {
    private func view(_ text: String, limits: JSONLimits = .standard) throws -> JSONView {
        try JSONView(parsing: Bytes(text), limits: limits)
    }

    private func problem(_ body: () throws -> Void) -> JSONProblem? {
        do {
            try body()
            return nil
        } catch { return error as? JSONProblem }
    }

    @Test("leaves lie where they stand, each once and in order, and below a name however deep and odd")
    func leaves() throws {
        let text = #"{"a":["x",1,{"tok\u0065n":{"deep":["\"",2.5,null,true,""]}}],"token":"s","tokens":[],"":{"b":-3}}"#
        func told(_ leaves: [JSONLeaf]) -> [String] {
            leaves.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
        }
        let view = try view(text)
        #expect(told(view.leaves) == [#""x""#, "1", #""\"""#, "2.5", #""""#, #""s""#, "-3"])
        #expect(view.leaves.map(\.isText) == [true, false, true, false, true, true, false])
        let below = view.leaves { $0.count == 5 && $0[0] == UInt8(ascii: "t") }
        #expect(told(below) == [#""\"""#, "2.5", #""""#, #""s""#])
        #expect(told(view["a"].leaves { _ in false }).isEmpty && view["gone"].leaves.isEmpty)
        #expect(told(view["token"].leaves) == [#""s""#])
    }

    @Test("fields of every kind are read by their path")
    func reads() throws {
        let view = try view(
            #"""
            {"threatInfo": {"createdAt": "2026-11-20T10:15:31.804411Z", "name": "a\u00e9\n\"b\"", "size": -12,
             "score": 1.5e2, "live": true, "old": "True", "md5": null}, "ids": ["1", 2, [3]], "": "empty name"}
            """#)
        let info = view["threatInfo"]
        #expect(try info["createdAt"].timestamp == Timestamp(iso: "2026-11-20T10:15:31.804411Z"))
        #expect(try info["name"].text == "aé\n\"b\"")
        #expect(try info["size"].integer == -12)
        #expect(try info["score"].number == 150)
        #expect(try info["live"].bool)
        #expect(try info["old"].tolerantBool)
        #expect(try info["md5"].optionalText == nil)
        #expect(info["md5"].isNull && !info["md5"].isMissing)
        #expect(info["sha1"].isMissing && !info["sha1"].isNull)
        #expect(try view["ids"].elements.map(\.kind) == [.text, .number, .array])
        #expect(try view["ids"].elements.map(\.path) == ["ids[0]", "ids[1]", "ids[2]"])
        #expect(try info.members.map(\.name) == ["createdAt", "name", "size", "score", "live", "old", "md5"])
        #expect(try view[""].text == "empty name")
    }

    @Test(
        "an id is read from text or from a number beyond every double, digit by digit",
        arguments: [
            (#"{"id":"2190000000000000101"}"#, "2190000000000000101"),
            (#"{"id":9007199254740993}"#, "9007199254740993"),
            (#"{"id":18446744073709551616123456789}"#, "18446744073709551616123456789"),
            (#"{"id":0}"#, "0"),
        ])
    func ids(text: String, id: String) throws { #expect(try view(text)["id"].id == id) }

    @Test(
        "a problem names the path, what was expected and what was found",
        arguments: [
            ("text", "a.b[1].c: expected text, found the number 12"),
            ("missing", "a.b[1].d.e: expected text, found nothing"),
            ("above", "a.b: expected an object, found an array"),
            ("id", "a.id: expected an id, found the number 1e400"),
            ("emptyID", "a.none: expected an id, found empty text"),
            ("number", "a.id: expected a finite number, found the number 1e400"),
            ("integer", "a.big: expected an integer, found the number 9223372036854775808"),
            ("bool", "a.none: expected true or false, found another text"),
            ("timestamp", "a.none: expected a time such as 2026-11-20T10:15:31.804411Z, found text"),
            ("surrogate", "a.broken: expected text, found text with broken characters"),
        ])
    func problems(what: String, message: String) throws {
        let root = try view(
            #"{"a":{"b":[{},{"c":12}],"id":1e400,"none":"","big":9223372036854775808,"broken":"\ud800x"}}"#)
        let element = try #require(Array(try root["a"]["b"].elements).last)
        let found = problem {
            switch what {
            case "text": _ = try element["c"].text
            case "missing": _ = try element["d"]["e"].text
            case "above": _ = try root["a"]["b"]["c"].text
            case "id": _ = try root["a"]["id"].id
            case "emptyID": _ = try root["a"]["none"].id
            case "number": _ = try root["a"]["id"].number
            case "integer": _ = try root["a"]["big"].integer
            case "bool": _ = try root["a"]["none"].tolerantBool
            case "timestamp": _ = try root["a"]["none"].timestamp
            default: _ = try root["a"]["broken"].text
            }
        }
        #expect(found?.description == message)
    }

    @Test("of a repeated key the first one counts, also where it is written with escapes")
    func duplicates() throws {
        #expect(try view(#"{"a":1,"a":2}"#)["a"].integer == 1)
        #expect(try view(#"{"\u0061":1,"a":2}"#)["a"].integer == 1)
        #expect(try view(#"{"a\\b\"c":1}"#)["a\\b\"c"].integer == 1)
        #expect(try view(#"{"aé":1}"#)["aé"].integer == 1)
        #expect(try view(#"{"\u0000":1}"#)["\0"].integer == 1)
        #expect(try view(#"{"abc":{"a":9},"a":1}"#)["a"].integer == 1)
    }

    @Test("a slice holds the bytes of its value exactly, white space inside and order kept")
    func slices() throws {
        let text = "{ \"x\" : { \"b\":1.0,  \"a\":\"\\u0041\" } , \"y\":[ -0 ,1e400, \"\" ] }\n"
        let view = try view(text)
        #expect(try view["x"].raw == Bytes("{ \"b\":1.0,  \"a\":\"\\u0041\" }"))
        #expect(try view["x"]["a"].raw == Bytes("\"\\u0041\""))
        #expect(try view["y"].elements.map { try $0.raw.text } == ["-0", "1e400", "\"\""])
        #expect(try view.raw.text == String(text.dropLast()))
        #expect(problem { _ = try view["z"].raw }?.description == "z: expected a value, found nothing")
    }

    @Test(
        "what is not JSON is refused with a place",
        arguments: [
            "", " ", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "[,1]", "[1 2]",
            "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1]]", "{}{}", "1 2", "]", "}", ":", ",", "\"", "\"a",
            "\"a\"b", "[\"a\"b\"c\"]", "[\"a\"\"b\"]", "tru", "truex", "nullnull", "[true false]", "01", "-", "-01",
            "1.", ".5", "1e", "1e+", "+1", "0x10", "1.2.3", "NaN", "Infinity", "'a'", "\"\\x\"", "\"\\u12g4\"",
            "\"\\u12\"", "\"a\nb\"", "\"\u{0}\"", "[1}", "{\"a\":1]", "/* c */ 1", "[1,//\n2]", "\u{feff}", "\0",
            "{}\0",
        ])
    func refused(text: String) {
        let found = problem { _ = try view(text) }
        #expect(found != nil && found?.expected.isEmpty == false)
        #expect(found?.remedy == .setAside)
    }

    @Test("a structural error names the path at which it was met")
    func syntaxPath() {
        #expect(
            problem { _ = try view(#"{"data":[{"id":"1"},{"id":tru}]}"#) }?.description
                == "data[1].id: expected true, false or null, found another word, at byte 26")
        #expect(
            problem { _ = try view(#"{"data":[1,2"#) }?.description
                == "data[1]: expected more, found the end of the document")
        #expect(problem { _ = try view("") }?.description == "the document: expected JSON, found nothing")
    }

    @Test(
        "whatever JSON allows is taken",
        arguments: [
            "0", "-0", "1e400", "-1E-400", "\"\"", "null", "[]", "{}", " [ ] ", "[[],{}]", "\u{feff}{\"a\":1}",
            "\"\\/\\b\\f\\n\\r\\t\\u0000\"", "[\"\\ud83d\\ude00\"]", "\"\u{7f}\u{2028}\"",
        ])
    func accepted(text: String) throws { _ = try view(text) }

    @Test("a byte order mark is no part of any value")
    func byteOrderMark() throws {
        let view = try view("\u{feff}{\"a\": [1, \"b\"]}")
        #expect(try view["a"].raw.text == "[1, \"b\"]")
        #expect(try view.raw.text == "{\"a\": [1, \"b\"]}")
        #expect(
            problem { _ = try self.view("\u{feff}{\"a\": }") }?.description
                == "a: expected a value, found something else, at byte 9")
    }

    @Test("NUL, pairs of surrogates and every short escape come out as the characters they are")
    func escapes() throws {
        #expect(try view(#""a\u0000b""#).text == "a\0b")
        #expect(try view(#""\ud83d\ude00\/\b\f\n\r\t\\\"""#).text == "😀/\u{8}\u{c}\n\r\t\\\"")
    }

    @Test(
        "half a surrogate pair is a problem of the text that holds it and of nothing else",
        arguments: [#"\ud800"#, #"\udc00"#, #"\ud800\u0041"#, #"\ud800\ud800"#, #"x\udfff"#])
    func surrogates(escape: String) throws {
        let view = try view(#"{"a":"\#(escape)","\#(escape)":1,"b":2}"#)
        #expect(problem { _ = try view["a"].text }?.path == "a")
        #expect(try view["b"].integer == 2)
        #expect(try view.members.map(\.name) == ["a", nil, "b"])
    }
}
