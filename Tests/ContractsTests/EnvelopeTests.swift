import ActionLedger
import Foundation
import Investigation
import Pipeline
import Ports
import Testing

@testable import Contracts

@Suite("Envelope")
struct EnvelopeTests {
    private let catalogue = Specimens.catalogue

    private func refusal(_ channel: Channel, _ record: IncomingRecord) -> String? {
        do throws(Unreadable) {
            _ = try channel.rewrite(record)
            return nil
        } catch {
            return error.reason
        }
    }

    /// One record per topic, with its channel.
    private func each() throws -> [(channel: Channel, record: IncomingRecord)] {
        var seen: Set<String> = []
        return try Specimens.written().filter { seen.insert($0.channel.name).inserted }.map {
            ($0.channel, IncomingRecord($0.record, on: $0.channel.name))
        }
    }

    @Test("every record carries the attributes of CloudEvents 1.0, its trace and its content type")
    func attributes() throws {
        for one in try Specimens.written() {
            let headers = one.record.headers
            #expect(headers["ce_specversion"] == "1.0")
            #expect(headers["ce_source"] == "docket/sample")
            #expect(headers["ce_dataversion"] == "1")
            #expect(headers["ce_time"] == "2026-11-20T10:15:31.804411Z")
            // What people write, and what is about no threat.
            let untraced = [catalogue.ordersConsoles.name, catalogue.controls.name, catalogue.consolesStatus.name]
            let isTraced = !untraced.contains(one.record.topic)
            #expect(headers["traceparent"] == (isTraced ? Specimens.trace : nil))
            #expect(headers["content-type"] == "application/json")
            #expect(headers["ce_id"]?.isEmpty == false)
            #expect(Set(headers.pairs.map(\.name)).count == headers.pairs.count)
        }
    }

    @Test("the same message from the same cause is the same bytes, and another ordinal, cause or topic another id")
    func derivedIDs() throws {
        let message = try Specimens.settled()[0]
        func record(_ ordinal: Int, _ id: String = "one") -> OutgoingRecord {
            catalogue.actionsSettled.record(message, following: Cause(id: id, at: Specimens.at, ordinal: ordinal))
        }
        #expect(record(0) == record(0))
        let ids = [record(0), record(1), record(10), record(0, "two")].map { $0.headers["ce_id"] ?? "" }
        #expect(Set(ids).count == 4)
        #expect(ids[0] == "one>docket.actions.settled#0")
        let wish = catalogue.actionsRequested.record(
            try Specimens.wishes()[0], following: Cause(id: "one", at: Specimens.at))
        #expect(!ids.contains(wish.headers["ce_id"] ?? ""))
    }

    @Test("the id of an observed record is that of its version, whatever led to it")
    func observedIDs() throws {
        let one = try Specimens.observed(Specimens.rawAgent, id: "1", version: "3", event: "eu1/agents/1/3")
        let records = ["a", "b"].map {
            catalogue.agentsObserved.record(one, following: Cause(id: $0, at: Specimens.later, ordinal: 4))
        }
        #expect(records[0] == records[1])
        #expect(records[0].headers["ce_id"] == "eu1/agents/1/3")
    }

    @Test("a version that is not known is refused by its name", arguments: ["2", "0", "01", "1.0", "", "one", "-1"])
    func unknownVersion(version: String) throws {
        for (channel, record) in try each() {
            let reason = refusal(channel, record.with(header: "ce_dataversion", version))
            #expect(reason == "\(channel.name): version \(version) of the message is not known; known is 1")
        }
    }

    @Test("a type that is not that of the value is refused")
    func wrongType() throws {
        for (channel, record) in try each() {
            let reason = refusal(channel, record.with(header: "ce_type", "ledger.forged"))
            #expect(reason?.hasPrefix("ce_type is ledger.forged, but the message is ") ?? false, "\(channel.name)")
        }
    }

    @Test("without version and type, as a person writes it in need, a record is the first version of what it holds")
    func bare() throws {
        for (channel, record) in try each() {
            #expect(refusal(channel, record.with(header: "ce_dataversion", nil).with(header: "ce_type", nil)) == nil)
        }
    }

    @Test("a tombstone is no message")
    func tombstone() throws {
        for (channel, record) in try each() {
            #expect(refusal(channel, record.with(value: nil))?.contains("tombstone") ?? false, "\(channel.name)")
        }
    }

    @Test(
        "what is not one JSON object is refused with words",
        arguments: ["", "{", "null", "[]", "7", "\"text\"", "{}", "{\"id\":1},\"x\":{}", "{\"id\":1} {}", "\u{0}"])
    func notAnObject(text: String) throws {
        for (channel, record) in try each() {
            #expect(refusal(channel, record.with(value: Bytes(text)))?.isEmpty == false, "\(channel.name): \(text)")
        }
    }

    @Test("bytes that are no text are refused")
    func notText() throws {
        for (channel, record) in try each() {
            let text = try #require(record.value?.text).replacing(":\"", with: ":\"\u{1}", maxReplacements: 1)
            #expect(text.contains("\u{1}"))
            let broken = Array(text.utf8).map { $0 == 1 ? 0xff : $0 }
            #expect(refusal(channel, record.with(value: Bytes(broken))) != nil, "\(channel.name)")
        }
    }

    @Test(
        "a kind that is not known is refused by its name",
        arguments: [
            ("investigation.opened", "opened"), ("run.planned", "planned"), ("ledger.approved", "approved"),
            ("ledger.outcome", "done"), ("order.signed", "approve"), ("action.settled", "confirmed"),
        ])
    func unknownKind(type: String, word: String) throws {
        let one = try #require(try Specimens.written().first { $0.type == type })
        let text = try #require(one.record.value?.text).replacing("\"\(word)\"", with: "\"vanished\"")
        let reason = refusal(one.channel, IncomingRecord(one.record, on: one.channel.name).with(value: Bytes(text)))
        #expect(reason?.contains("vanished") ?? false)
    }

    @Test("foreign text in a refusal is cut")
    func longRefusal() throws {
        let long = String(repeating: "x", count: 1_000_000)
        for (channel, record) in try each() {
            let reason = refusal(channel, record.with(header: "ce_dataversion", long))
            #expect((reason?.count ?? .max) < 300)
        }
    }

    @Test("a key that is no subject is refused where the subject is read from it")
    func keys() throws {
        for topic in [catalogue.threatsObserved.name, catalogue.agentsObserved.name, catalogue.threatsEnriched.name] {
            let (channel, record) = try #require(try each().first { $0.channel.name == topic })
            for key in [nil, "", "EU1", "eu1/host/1", "eu1/agent/", "eu1/agent/1/2"] as [String?] {
                let other = IncomingRecord(
                    partition: record.partition, offset: record.offset, key: key.map { Bytes($0) },
                    value: record.value, headers: record.headers, timestamp: record.timestamp)
                #expect(refusal(channel, other)?.contains("key is no subject") ?? false)
            }
        }
    }

    @Test("an older version is read for ever, and only the newest is written")
    func olderVersions() throws {
        struct OldV1: Codable { let word: String }
        struct NewV2: Codable { let words: [String] }
        let topic = Topic<[String]>.json(
            "words", source: "docket/sample", version: 2,
            older: [1: Edition(type: { (_: OldV1) in "words.said" }) { (old: OldV1) in [old.word] }],
            type: { (_: NewV2) in "words.said" }, key: { _ in nil }, wire: { NewV2(words: $0) },
            message: { (new: NewV2) in new.words })
        let newest = IncomingRecord(topic.record(["a", "b"], following: Cause(id: "x", at: .zero)), on: "words")
        #expect(newest.headers["ce_dataversion"] == "2")
        #expect(try topic.message(in: newest) == ["a", "b"])
        let old = newest.with(value: "{\"word\":\"a\"}").with(header: "ce_dataversion", "1")
        #expect(try topic.message(in: old) == ["a"])
        #expect(throws: Unreadable("words: version 3 of the message is not known; known is 1, 2")) {
            try topic.message(in: old.with(header: "ce_dataversion", "3"))
        }
    }

    @Test("a resume that holds another order is refused")
    func foreignResume() throws {
        let approval = Control.resume(try Specimens.signed(Specimens.demands[0]))
        let record = catalogue.controls.record(approval, following: Cause(id: "x", at: .zero))
        #expect(throws: Unreadable("resume.verb: expected resume")) {
            try catalogue.controls.message(in: IncomingRecord(record, on: catalogue.controls.name))
        }
    }

    @Test("compaction keeps a stop and the resume of every console, whatever the stop is called")
    func controlKeys() throws {
        var keys: [Bytes?] = []
        for id in ["a", "a/resume", "eu1/a", "resume/eu1/a", "stop/a"] {
            let stop = Stop(id: id, console: nil, by: "jonas", reason: "", at: .zero)
            var controls = [Control.stop(stop)]
            for console in ["eu1", "us1"] {
                let order = Order(
                    .resume(stop: id, reason: ""), deployment: "sample",
                    console: try #require(ConsoleID(console)), by: "amara", at: .zero, until: .zero)
                controls.append(.resume(SignedOrder(order, signature: "")))
            }
            keys += controls.map { catalogue.controls.record($0, following: Cause(id: "x", at: .zero)).key }
        }
        #expect(!keys.contains(nil))
        #expect(Set(keys).count == keys.count)
    }

    @Test("no secret can be written: it has no form on the wire")
    func secrets() {
        let secret: Any = Secret("hunter2")
        #expect(!(secret is any Encodable))
    }
}

@Suite("Times on the wire")
struct WireTimeTests {
    private let catalogue = Specimens.catalogue

    @Test(
        "a time survives to the microsecond, also where the log keeps milliseconds",
        arguments: [0, 1, -1, 999_999, 1_795_169_731_804_411, 253_402_300_799_999_999, -62_167_219_200_000_000]
            as [Int64])
    func microseconds(value: Int64) throws {
        let at = Timestamp(microseconds: value)
        let page = FeedEntry(try Specimens.console(), .threats, .seen(1, [.init(name: "1", until: at)]))
        let record = catalogue.feedsCursors.record(page, following: Cause(id: "x", at: at))
        let incoming = IncomingRecord(record, on: catalogue.feedsCursors.name)
        #expect(try catalogue.feedsCursors.message(in: incoming) == page)
        #expect(Cause(incoming).at == at)
        let observed = ObservedRecord(
            console: try Specimens.console(), subject: try Specimens.subject(), id: "1", version: "1", at: at,
            raw: Specimens.rawAgent, event: "e", trace: "")
        let written = catalogue.agentsObserved.record(observed, following: Cause(id: "x", at: .zero))
        #expect(written.headers["traceparent"] == nil)
        #expect(
            try catalogue.agentsObserved.message(in: IncomingRecord(written, on: catalogue.agentsObserved.name))
                == observed)
    }

    @Test(
        "a time that cannot be written is moved to the nearest that can, so that no journal entry is lost",
        arguments: [
            (Timestamp.distantFuture, "9999-12-31T23:59:59.999999Z"),
            (Timestamp(microseconds: 253_402_300_800_000_000), "9999-12-31T23:59:59.999999Z"),
            (Timestamp(microseconds: .min + 86_400_000_000), "0000-01-01T00:00:00.000000Z"),
        ])
    func beyond(at: Timestamp, text: String) throws {
        let event = ConsoleLedgerEvent.action(Specimens.action, .approved(by: "amara", order: "o", until: at))
        let record = catalogue.actionsLedger.record(event, following: Cause(id: "x", at: at))
        #expect(record.headers["ce_time"] == text)
        let read = try catalogue.actionsLedger.message(in: IncomingRecord(record, on: catalogue.actionsLedger.name))
        let nearest = try #require(Timestamp(iso: text))
        #expect(read == .action(Specimens.action, .approved(by: "amara", order: "o", until: nearest)))
    }

    @Test(
        "a foreign time whose zone leaves the years that can be written is no time",
        arguments: ["9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z"])
    func zones(text: String) { #expect(Timestamp(iso: text) == nil) }
}
