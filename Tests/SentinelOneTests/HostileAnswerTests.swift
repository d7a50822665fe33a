import Foundation
import JSONView
import PipelineTesting
import Ports
import SentinelOne
import Testing

/// A row of the console's with something in it that no console should send.
private struct HostileRow {
    static let shapes: [(name: String, stream: VendorStream)] = [
        ("threats", .threats), ("alerts", .alerts), ("activities", .activities), ("agents", .agents),
        ("groups", .groups), ("sites", .sites), ("accounts", .accounts), ("rules", .rules), ("events", .events),
    ]

    private static let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)

    /// Values in place of others. Each is JSON, or would be but for its characters or its depth.
    private static let fragments: [[UInt8]] =
        [
            "null", "true", "false", "0", "-0", "-1", "1e400", "-1e-400", "0.5", "9007199254740993",
            "99999999999999999999999999999999", #""""#, #""null""#, #""True""#, #"" ""#, #""\u0000""#, #""a\u0000b""#,
            #""\ud800""#, #""\udc00\ud800""#, #""\ud83d\ude00""#, #""\u202e""#, #""a,b,,""#, #"",""#, #""٣""#,
            #""1970-01-01T00:00:00Z""#, #""2185-07-21T23:34:33.709551Z""#, #""9999-99-99T99:99:99Z""#, "[]", "{}",
            "[[[]]]", #"{"a":1,"a":2}"#, #"["",null,7]"#, deep,
            String(repeating: "[{\"a\":", count: 300) + "1"
                + String(repeating: "}]", count: 300),
        ].map { Array($0.utf8) } + [Array("\"x".utf8) + [0xff, 0xfe] + Array("y\"".utf8), [0x22, 0xc0, 0x80, 0x22]]

    let bytes: [UInt8]

    init(_ row: Bytes, _ random: inout SplitMix64) throws {
        var bytes = row.array
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            // What became unreadable is not broken twice.
            guard let view = try? JSONView(parsing: Bytes(bytes)) else { break }
            var places: [Range<Int>] = []
            Self.collect(view, into: &places)
            guard let place = places.randomElement(using: &random) else { break }
            if bytes[place.lowerBound] == UInt8(ascii: "{"), Bool.random(using: &random) {
                let twice = place.count > 2 ? #""id":[],"agentId":7,"# : #""id":1"#
                bytes.insert(contentsOf: Array(twice.utf8), at: place.lowerBound + 1)
            } else if let fragment = Self.fragments.randomElement(using: &random) {
                bytes.replaceSubrange(place, with: fragment)
            }
        }
        self.bytes = bytes
    }

    private static func collect(_ view: JSONView, into places: inout [Range<Int>]) {
        if let range = view.range { places.append(range) }
        if let elements = try? view.elements { for element in elements { collect(element, into: &places) } }
        if let members = try? view.members { for member in members { collect(member.value, into: &places) } }
    }
}

@Suite("Hostile answers")
struct HostileAnswerTests {
    private func rows(_ shape: (name: String, stream: VendorStream)) throws -> [Bytes] {
        try Page(answer(200, try fixture(shape.name)), of: shape.stream, from: console).items.map(\.bytes)
    }

    private func body(_ rows: [[UInt8]], _ stream: VendorStream) -> Bytes {
        let list = Array("[".utf8) + rows.joined(separator: [UInt8(ascii: ",")]) + Array("]".utf8)
        let data = stream == .sites ? Array(#"{"sites":"#.utf8) + list + Array("}".utf8) : list
        return Bytes(Array(#"{"data":"#.utf8) + data + Array(#","pagination":{"nextCursor":"c"}}"#.utf8))
    }

    @Test(
        "a hostile row costs itself at most: its page-mates come whole, and it comes as it was",
        arguments: 0..<24 as Range<UInt64>)
    func pageMates(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for shape in HostileRow.shapes {
            let good = try #require(try rows(shape).first)
            for _ in 0..<8 {
                let hostile = try HostileRow(good, &random)
                let page = try Page(
                    answer(200, body([good.array, hostile.bytes, good.array], shape.stream)), of: shape.stream,
                    from: console)
                #expect(page.nextCursor == Cursor("c"))
                #expect(page.items.filter { $0.index != 1 }.map(\.bytes) == [good, good], "\(shape.name)")
                let middle = page.items.first { $0.index == 1 }?.bytes ?? page.unreadable.first?.bytes
                #expect(middle == Bytes(hostile.bytes), "\(shape.name)")
                for item in page.items {
                    do { _ = try Reader.fact(item.bytes, of: shape.stream) } catch {
                        #expect(error is JSONProblem && "\(error)".utf8.count < 2_000)
                    }
                }
            }
        }
    }

    @Test("no answer with a few wrong bytes crashes any reader", arguments: 0..<16 as Range<UInt64>)
    func wrongBytes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for shape in HostileRow.shapes + [("user", .roles), ("role", .roles)] {
            var bytes = try fixture(shape.name).array
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            for reader in Reader.all {
                do { _ = try reader.read(answer(200, Bytes(bytes))) } catch {
                    #expect(error is ReadProblem && "\(error)".utf8.count < 1_000, "\(reader.name)")
                }
            }
        }
    }

    @Test("a prefix of an answer is no answer", arguments: HostileRow.shapes.indices)
    func cut(index: Int) throws {
        let shape = HostileRow.shapes[index]
        let whole = try fixture(shape.name).array
        // The last two bytes are the closing brace and a line break.
        for length in stride(from: 0, to: whole.count - 2, by: 37) {
            #expect(throws: ReadProblem.self) {
                try Page(answer(200, Bytes(Array(whole.prefix(length)))), of: shape.stream, from: console)
            }
        }
    }

    @Test("texts of ten megabytes are read whole, and a problem with them is short", .timeLimit(.minutes(1)))
    func long() throws {
        let text = String(repeating: "abcdefghi\\n", count: 1_000_000)
        for field in ["id", "name", "createdAt", "threatInfo", "x"] {
            let page = try Page(
                answer(200, Bytes("{\"data\":[{\"id\":\"1\"},{\"\(field)\":\"\(text)\"},{\"id\":\"2\"}]}")),
                of: .threats,
                from: console)
            #expect(page.items.contains { $0.id == "1" } && page.items.contains { $0.id == "2" })
            #expect(page.unreadable.allSatisfy { $0.reason.utf8.count < 600 && $0.bytes.count > 10_000_000 })
        }
        let named = try Page(
            answer(200, Bytes("{\"data\":[{\"id\":\"1\",\"\(text)\":1}]}")), of: .threats, from: console)
        #expect(named.items.first?.bytes.count ?? 0 > 10_000_000)
        #expect(throws: ReadProblem.self) { try Page(answer(200, Bytes("{\"\(text)\":")), of: .threats, from: console) }
    }

    @Test("a bare control character makes the page unreadable, and nothing worse", arguments: [0, 1, 8, 31] as [UInt8])
    func bare(byte: UInt8) {
        let bytes = Array(#"{"data":[{"id":"1"},{"id":"2","name":"x"#.utf8) + [byte] + Array(#""}]}"#.utf8)
        #expect(throws: ReadProblem.self) { try Page(answer(200, Bytes(bytes)), of: .threats, from: console) }
    }

    @Test("where Foundation reads a hostile row too, both read the same", arguments: 0..<64 as Range<UInt64>)
    func beside(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var compared = 0
        let good = try #require(try rows(("agents", .agents)).first)
        for _ in 0..<32 {
            let row = try HostileRow(good, &random).bytes
            guard let object = try? JSONSerialization.jsonObject(with: Data(row)) as? [String: Any],
                let members = try? JSONView(parsing: Bytes(row)).members,
                Set(members.map { $0.name }).count == object.count, let agent = try? AgentState(parsing: Bytes(row))
            else { continue }
            compared += 1
            #expect(agent.id.digits == object["id"] as? String ?? agent.id.digits)
            #expect(agent.computerName == object["computerName"] as? String)
            #expect(agent.osType == object["osType"] as? String)
            #expect(
                agent.networkStatus?.text
                    == (object["networkStatus"] as? String).map { VendorValue<NetworkStatus>($0).text })
            #expect(agent.interfaces.count == (object["networkInterfaces"] as? [Any])?.count ?? 0)
        }
        #expect(compared > 0)
    }
}
