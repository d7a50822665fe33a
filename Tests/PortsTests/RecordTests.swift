import Testing

@testable import Ports

@Suite("Headers")
struct HeadersTests {
    @Test("headers keep their order, repeat, and may be empty or raw")
    func roundTrip() throws {
        var headers = Headers([("ce_id", "1"), ("twice", "a"), ("twice", "b"), ("empty", ""), ("", "nameless")])
        headers.append("raw", [0xff, 0x00])
        let read = try #require(Headers(encoded: headers.encoded))
        #expect(read == headers)
        #expect(read["twice"] == "a")
        #expect(read["empty"] == "")
        #expect(read[""] == "nameless")
        #expect(read["raw"] == nil, "bytes that are no text are not made into some")
        #expect(read["missing"] == nil)
        var names: [String] = []
        read.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
        #expect(names == ["ce_id", "twice", "twice", "empty", "", "raw"])
    }

    @Test("the encoding on disk is fixed")
    func encoding() {
        #expect(Headers([("ab", "xyz")]).encoded == [0, 2, 0x61, 0x62, 0, 0, 0, 3, 0x78, 0x79, 0x7a])
        #expect(Headers().encoded.isEmpty)
    }

    @Test("every cut and every length that points outside is refused")
    func malformed() {
        let whole = Headers([("ab", "xyz"), ("c", "d")]).encoded
        let boundary = Headers([("ab", "xyz")]).encoded.count
        for count in 1..<whole.count where count != boundary {
            #expect(Headers(encoded: Array(whole[..<count])) == nil, "cut after \(count) bytes")
        }
        #expect(Headers(encoded: whole + [0]) == nil)
        #expect(Headers(encoded: [0, 0, 0xff, 0xff, 0xff, 0xff]) == nil)
        #expect(Headers(encoded: [0xff, 0xff, 0x61]) == nil)
    }

    @Test("a record's size is key, value and headers")
    func size() {
        let headers = Headers([("ab", "xyz")])
        #expect(OutgoingRecord(topic: "t", key: "key", value: "value", headers: headers).size == 3 + 5 + 11)
        #expect(OutgoingRecord(topic: "t", key: nil, value: nil).size == 0)
    }
}

@Suite("Partitioner")
struct PartitionerTests {
    @Test(
        "murmur2 is Kafka's own, by the vectors of its client",
        arguments: [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] as [(String, Int32)])
    func vectors(key: String, hash: Int32) {
        #expect(Int32(bitPattern: Partitioner.murmur2(Bytes(key))) == hash)
    }

    @Test("a partition is never negative and always below the count", arguments: [1, 2, 3, 12, 50] as [Int32])
    func range(count: Int32) {
        for number in 0..<1_000 {
            let partition = Partitioner.partition(of: Bytes("key-\(number)"), among: count)
            #expect((0..<count).contains(partition))
        }
        #expect(Partitioner.partition(of: Bytes("21"), among: count) == Int32((-973_932_308 as Int32) & .max) % count)
    }
}

@Suite("Secret")
struct SecretTests {
    private struct Holder { let token: Secret }

    @Test("a secret never prints, however it is printed")
    func neverPrints() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Holder(token: secret), to: &dumped)
        let prints = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(Holder(token: secret))",
            String(reflecting: Holder(token: secret)), "\(Optional(secret) as Any)", "\([secret])", dumped,
        ]
        for print in prints { #expect(!print.contains("hunter2"), "it prints as \(print.count) characters") }
        #expect("\(secret)" == "•••")
        #expect(secret.reveal() == "hunter2")
    }
}

@Suite("Bytes")
struct BytesTests {
    @Test("bytes are equal by content, and hash so")
    func equality() {
        #expect(Bytes("abc") == Bytes([0x61, 0x62, 0x63]))
        #expect(Bytes("abc") != Bytes("abd"))
        #expect(Bytes("abc") != Bytes("abcd"))
        #expect(Bytes([]) == .empty)
        #expect(Set([Bytes("a"), "a", "b"]).count == 2)
    }

    @Test("the spare bytes behind the end are there and are zero")
    func padding() {
        let bytes = Bytes("abc")
        bytes.withUnsafeBytes { buffer in
            let spare = UnsafeRawBufferPointer(start: buffer.baseAddress.map { $0 + 3 }, count: Bytes.padding)
            #expect(spare.count == 64)
            #expect(spare.allSatisfy { $0 == 0 })
        }
    }

    @Test("text is only what is UTF-8")
    func text() {
        #expect(Bytes("naïve").text == "naïve")
        #expect(Bytes([0xff]).text == nil)
        #expect(Bytes.empty.text == "")
    }

    @Test("bytes are read in place through their span")
    func span() {
        let bytes = Bytes([1, 2, 3])
        #expect(bytes.span.byteCount == 3)
        #expect(bytes.span.unsafeLoad(fromByteOffset: 2, as: UInt8.self) == 3)
    }
}

@Suite("Partition offsets")
struct PartitionOffsetsTests {
    @Test("each partition keeps its own offset, in whatever order they are moved and however many come to be known")
    func moving() {
        var offsets = PartitionOffsets()
        var expected: [Partition: Offset] = [:]
        for value in 0..<1_000 {
            // Runs of one partition, new ones in between, and old ones again.
            let partition = Partition("topic", Int32(value / 7 % (value / 50 + 1)))
            #expect(offsets[partition] == expected[partition])
            #expect(offsets.move(partition, to: Offset(Int64(value))) == (expected[partition] == nil))
            expected[partition] = Offset(Int64(value))
            #expect(offsets[partition] == expected[partition])
        }
        #expect(offsets.all == expected)
    }

    @Test("a copy moves by itself")
    func copying() {
        var offsets = PartitionOffsets([Partition("topic", 0): Offset(1)])
        #expect(offsets[Partition("topic", 0)] == Offset(1))
        var copy = offsets
        copy.move(Partition("topic", 0), to: Offset(2))
        copy.move(Partition("topic", 1), to: Offset(3))
        #expect(offsets[Partition("topic", 0)] == Offset(1))
        #expect(offsets[Partition("topic", 1)] == nil)
        #expect(copy[Partition("topic", 0)] == Offset(2))
    }
}
