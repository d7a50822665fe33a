import JSONView
import PipelineTesting
import Ports
import SentinelOne
import Stages
import Testing

@Suite("Redaction")
struct RedactionTests {
    private static let canary = "CANARY"

    private static func redaction(_ paths: String..., of stream: VendorStream = .threats) throws -> Redaction {
        Redaction([stream: try paths.map { try #require(RedactionPath($0)) }])
    }

    private static func redacted(_ text: String, _ redaction: Redaction = Redaction()) throws -> String? {
        try redaction.redacted(Bytes(text), of: .threats).text
    }

    @Test(
        "a secret is overwritten wherever it lies, by its name in any spelling, with all that it holds",
        arguments: [
            (#"{"id":"1","registrationToken":"abc"}"#, #"{"id":"1","registrationToken":"***"}"#),
            (#"{"licenseKey":"ABCD-1"}"#, #"{"licenseKey":"******"}"#),
            (#"{"apiToken":{"value":"x","n":[12,-3.5]}}"#, #"{"apiToken":{"value":"*","n":[0 ,0   ]}}"#),
            (#"{"data":{"passphrase":"a b","PASSWORD":"é"}}"#, #"{"data":{"passphrase":"***","PASSWORD":"**"}}"#),
            (#"{"a":[{"clientSecrets":["x","y"]}]}"#, #"{"a":[{"clientSecrets":["*","*"]}]}"#),
            (#"{"passcode":1,"api_key":"k","private_key":"k"}"#, #"{"passcode":0,"api_key":"*","private_key":"*"}"#),
            (#"{"token":"a","token":"b"}"#, #"{"token":"*","token":"*"}"#),
            (#"{"registration\u0054oken":"abc"}"#, #"{"registration\u0054oken":"***"}"#),
            (#"{"\u0074o\u006b\u0065n":"a\"\\\u0041"}"#, #"{"\u0074o\u006b\u0065n":"***********"}"#),
            (#"{"half\ud800":"a","token":true,"Token":null}"#, #"{"half\ud800":"*","token":true,"Token":null}"#),
            (#"{"token":""," token ":"a","tokens" : "b"}"#, #"{"token":""," token ":"a","tokens" : "*"}"#),
            (#"{"hasApiToken":false,"tokenExpiresAt":"x"}"#, #"{"hasApiToken":false,"tokenExpiresAt":"x"}"#),
        ])
    func secrets(row: String, published: String) throws { #expect(try Self.redacted(row) == published) }

    @Test("every secret that the vendor's documents name in a list that is published is one")
    func documented() throws {
        for name in ["registrationToken", "licenseKey", "passphrase", "password", "apiToken", "token", "apiKey"] {
            let row = try Self.redacted(#"{"id":"1","data":{"\#(name)":"\#(Self.canary)"}}"#)
            #expect(row == #"{"id":"1","data":{"\#(name)":"******"}}"#)
        }
    }

    @Test(
        "a path names what else is overwritten: through lists, through any name, to all that lies there",
        arguments: [
            ("a.b", #"{"a":{"b":"x","c":"y"}}"#, #"{"a":{"b":"*","c":"y"}}"#),
            ("A.B", #"{"a":{"b":"x"}}"#, #"{"a":{"b":"*"}}"#),
            ("a[].b", #"{"a":[{"b":"x"},{"b":7}]}"#, #"{"a":[{"b":"*"},{"b":0}]}"#),
            ("a.b", #"{"a":[[{"b":"x"}]]}"#, #"{"a":[[{"b":"*"}]]}"#),
            ("t.*.value", #"{"t":{"s":[{"key":"k","value":"v"}]}}"#, #"{"t":{"s":[{"key":"k","value":"*"}]}}"#),
            ("a", #"{"a":{"b":["x",{"c":12}]},"b":"y"}"#, #"{"a":{"b":["*",{"c":0 }]},"b":"y"}"#),
            ("a.b", #"{"b":"x","a":"y"}"#, #"{"b":"x","a":"y"}"#),
            ("*", #"{"b":"x","a":["y"]}"#, #"{"b":"*","a":["*"]}"#),
        ])
    func paths(path: String, row: String, published: String) throws {
        #expect(try Self.redacted(row, Self.redaction(path)) == published)
        #expect(try Self.redaction(path).redacted(Bytes(row), of: .agents) == Bytes(row))
    }

    @Test("what is no path is refused", arguments: ["", ".", "a.", ".a", "a..b", "a[", "[]", "a[0]", "a*", "[].a"])
    func malformed(path: String) { #expect(RedactionPath(path) == nil) }

    @Test("a path that would hide what Docket goes by is known")
    func needed() throws {
        for (path, stream, field) in [
            ("id", VendorStream.threats, "id"), ("*", .agents, "id"), ("ID", .groups, "id"),
            ("threatInfo", .threats, "threatInfo.threatId"), ("threatInfo.threatName", .threats, nil as String?),
            ("*.agentId", .threats, "agentRealtimeInfo.agentId"), ("data", .activities, nil),
            ("alertInfo[].alertId", .alerts, "alertInfo.alertId"), ("networkInterfaces", .agents, nil),
        ] {
            #expect(try Redaction.conflict(of: #require(RedactionPath(path)), in: stream) == field)
        }
    }

    @Test(
        "of any row exactly the secret values are overwritten, and every other byte stays",
        arguments: 0..<300 as Range<UInt64>)
    func generated(seed: UInt64) throws {
        var maker = RowMaker(dice: SplitMix64(seed: seed), canary: Self.canary)
        let (row, expected) = maker.row()
        let redaction = try Self.redaction("chosen", "list[].inner.*")
        let published = try redaction.redacted(Bytes(row), of: .threats)
        #expect(published.text == expected)
        #expect(published.count == Bytes(row).count)
        _ = try JSONView(parsing: published)
        #expect(!(published.text ?? "").contains(Self.canary))
        #expect(redaction.blotted(Bytes(row), of: .threats) == published)
    }

    @Test(
        "a row that cannot be taken apart is not redacted, and nothing of its secrets outlives a blot",
        arguments: 0..<300 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var maker = RowMaker(dice: SplitMix64(seed: seed &+ 1_000), canary: Self.canary)
        var bytes = Array(maker.row().row.utf8)
        switch seed % 5 {
        case 0: bytes.removeLast(Int.random(in: 1...min(40, bytes.count - 1), using: &dice))
        case 1: bytes.insert(contentsOf: [0xff, 0x22], at: 1)
        case 2: bytes += Array("]".utf8)
        case 3: bytes = bytes.flatMap { [$0, 0] }
        default: bytes = Array("<html>".utf8) + bytes
        }
        let redaction = try Self.redaction("chosen", "list[].inner.*")
        #expect(throws: JSONProblem.self) { try redaction.redacted(Bytes(bytes), of: .threats) }
        let blotted = redaction.blotted(Bytes(bytes), of: .threats)
        #expect(blotted.count == bytes.count)
        let readable = String(decoding: blotted.array.filter { $0 != 0 }, as: UTF8.self)
        #expect(!readable.contains(Self.canary), "\(readable)")
    }

    @Test(
        "in what cannot be taken apart a secret's name is found in any spelling, and all behind it is overwritten",
        arguments: [
            #"{"name":"x","registrationToken":"CANARY""#, #"{"name":"x","registration\u0054oken":"CANARY""#,
            #"{"name":"x","REGISTRATION_TOKEN" : CANARY"#, #"{"name":"x","\u0074\u006F\u006b\u0065\u006e":"CANARY""#,
            "name=x&pass-phrase=CANARY", #"{"name":"x",\"license key\":\"CANARY"#, #"{"name":"x","chosen":"CANARY""#,
        ])
    func escapedNames(row: String) throws {
        let blotted = try Self.redaction("some.chosen").blotted(Bytes(row), of: .threats).text ?? ""
        #expect(blotted.utf8.count == row.utf8.count && blotted.hasSuffix("*") && !blotted.contains("CANARY"))
        // What stands before it stays, for whoever opens the dead letter.
        #expect(blotted.contains("name") && blotted.contains("x"))
    }

    @Test("what holds no secret is kept whole for the dead letters, readable or not")
    func harmless() throws {
        for row in [#"{"id":{"odd":true}}"#, #"{"id":"1""#, "", "[1,2]", "<html>busy</html>"] {
            #expect(Redaction().blotted(Bytes(row), of: .threats).text == row)
        }
        let broken = Bytes(Array(#"{"name":""#.utf8) + [0xff] + Array(#"","token":"x","z":1}"#.utf8))
        let blotted = Redaction().blotted(broken, of: .threats).array
        #expect(blotted == Array(#"{"name":""#.utf8) + [0xff] + Array(#"","token":"*","z":1}"#.utf8))
        // Of a text nobody knows what it holds: here a row inside a row.
        let inner = #""{\"registrationToken\":\"x\"}""#
        #expect(Redaction().blotted(Bytes(inner), of: .threats).text == #""{\"registrationToken**********"#)
    }

    @Test("a row of any depth is redacted without running out of stack")
    func deep() throws {
        let depth = 200_000
        let row = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        let text = #"{"id":"1","token":\#(row)}"#
        #expect(throws: JSONProblem.self) { try Redaction().redacted(Bytes(text), of: .threats) }
        let blotted = Redaction().blotted(Bytes(text), of: .threats)
        #expect(blotted.text == text.replacing("[1]", with: "[0]"))
    }

    @Test("groups and sites are published without their tokens, and all else of every row byte for byte")
    func rows() throws {
        var shown = Shown()
        func check(_ items: [Page.Item], _ stream: VendorStream, hasToken: Bool) throws {
            #expect(!items.isEmpty)
            for item in items {
                let published = try Redaction().redacted(item.bytes, of: stream)
                let before = try JSONView(parsing: item.bytes)["registrationToken"]
                #expect(before.isMissing == !hasToken)
                var expected = item.bytes.array
                if let range = before.range {
                    for index in range.dropFirst().dropLast() { expected[index] = UInt8(ascii: "*") }
                }
                #expect(published.array == expected)
            }
        }
        try check(shown.rows(Query<Groups>()), .groups, hasToken: true)
        try check(shown.rows(Query<Sites>()), .sites, hasToken: true)
        try check(shown.rows(Query<Threats>()), .threats, hasToken: false)
        try check(shown.rows(Query<Agents>()), .agents, hasToken: false)
        try check(shown.rows(Query<Activities>()), .activities, hasToken: false)
    }
}

/// Makes rows together with what must become of them.
private struct RowMaker {
    var dice: SplitMix64
    let canary: String

    private static let secrets = [
        "registrationToken", "REGISTRATIONTOKEN", #"registration\u0054oken"#, #"\u0070assphrase"#, "licenseKey",
        "tokens", "chosen", "Chosen", #"\u0063hosen"#,
    ]
    private static let others = ["id", "name", "key", #"caf\u00e9"#, "a.b", "", "list2", "tokenised", "inner"]

    mutating func row() -> (row: String, expected: String) {
        let (row, expected) = object(depth: 0, isSecret: false, isTop: true)
        // One that is always there, so that damage has something to lay bare.
        let (value, hidden) = text(isSecret: true)
        return (
            #"{"token":\#(value),"list":[{"inner":{"x":\#(value)}}],"# + row.dropFirst(),
            #"{"token":\#(hidden),"list":[{"inner":{"x":\#(hidden)}}],"# + expected.dropFirst()
        )
    }

    private mutating func object(depth: Int, isSecret: Bool, isTop: Bool = false) -> (String, String) {
        var members: [(String, String)] = []
        for _ in 0..<Int.random(in: 1...5, using: &dice) {
            let isNamed = Int.random(in: 0..<3, using: &dice) == 0
            let name = (isNamed ? Self.secrets : Self.others).randomElement(using: &dice) ?? ""
            let isChosen = name.lowercased().hasSuffix("hosen")
            // A path begins at the top.
            let isHidden = isSecret || isNamed && (!isChosen || isTop)
            let (value, hidden) = value(depth: depth + 1, isSecret: isHidden)
            let space = Bool.random(using: &dice) ? " " : ""
            members.append(("\"\(name)\":\(space)\(value)", "\"\(name)\":\(space)\(hidden)"))
        }
        return (
            "{\(members.map { $0.0 }.joined(separator: ","))}", "{\(members.map { $0.1 }.joined(separator: ","))}"
        )
    }

    private mutating func value(depth: Int, isSecret: Bool) -> (String, String) {
        switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &dice) {
        case 0: return text(isSecret: isSecret)
        case 1:
            let number = ["0", "7", "-12", "3.25e+8", "184467440737095516160"].randomElement(using: &dice) ?? "0"
            let blank = "0" + String(repeating: " ", count: number.utf8.count - 1)
            return (number, isSecret ? blank : number)
        case 2:
            let word = ["true", "false", "null", "[]", "{}"].randomElement(using: &dice) ?? "null"
            return (word, word)
        case 3, 4: return object(depth: depth, isSecret: isSecret)
        default:
            let values = (0..<Int.random(in: 1...3, using: &dice)).map { _ in
                value(depth: depth + 1, isSecret: isSecret)
            }
            return (
                "[\(values.map { $0.0 }.joined(separator: ", "))]", "[\(values.map { $0.1 }.joined(separator: ", "))]"
            )
        }
    }

    private mutating func text(isSecret: Bool) -> (String, String) {
        let inside = ["a", #"\""#, #"\\"#, #"\u00e9"#, "é", "😀", "}", "*"]
        let noise = (0..<Int.random(in: 0...3, using: &dice)).map { _ in inside.randomElement(using: &dice) ?? "" }
        let content = noise.joined() + (isSecret ? canary : "")
        let hidden = String(repeating: "*", count: content.utf8.count)
        return ("\"\(content)\"", isSecret ? "\"\(hidden)\"" : "\"\(content)\"")
    }
}
