import ActionLedger
import Contracts
import Investigation
import JSONView
import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Deciding")
struct DecidingTests {
    private let bench: Bench
    private var deciding: Deciding

    init() throws {
        bench = try Bench(threats: 0)
        deciding = try Deciding(bench)
    }

    private static let endpoint = "1800000000000000071"

    private func threat(
        _ id: String = "1900000000000000001", confidence: String = "malicious", hash: String = "black",
        verdict: String = "undefined", status: String = "unresolved", storyline: String = "S1", sha1: String = "",
        version: Int = 1
    ) throws {
        // Odd spacing, an escape and a number beyond 2^53: what is spliced must stay as it is.
        let raw = """
            {"id":"\(id)" ,  "odd":[1e3, 9007199254740993,"\\u00e9"],"agentRealtimeInfo":{"agentId":"\(Self.endpoint)",\
            "agentUuid":"u-71","agentComputerName":"FROM-THREAT","siteId":"1800000000000000005"},\
            "threatInfo":{"confidenceLevel":"\(confidence)","cloudFilesHashVerdict":"\(hash)",\
            "analystVerdict":"\(verdict)","incidentStatus":"\(status)","storyline":"\(storyline)","sha1":"\(sha1)"}}
            """
        try observe(bench.catalogue.threatsObserved, id: id, version: String(version), raw: raw)
    }

    private func agent(version: Int = 1, name: String = "FROM-TABLE") throws {
        let raw = """
            {"id":"\(Self.endpoint)","uuid":"u-71",   "computerName":"\(name)","siteId":"1800000000000000005"}
            """
        try observe(bench.catalogue.agentsObserved, id: Self.endpoint, version: String(version), raw: raw)
    }

    private func observe(_ topic: Topic<ObservedRecord>, id: String, version: String, raw: String) throws {
        let record = ObservedRecord(
            console: bench.consoleID, subject: Subject(console: bench.consoleID, .agent, Self.endpoint), id: id,
            version: version, at: bench.now, raw: Bytes(raw), event: "eu1/\(id)/\(version)", trace: "")
        try bench.append(topic.record(record, following: Cause(id: "test", at: bench.now)))
    }

    private mutating func settle() throws { try deciding.step(8) }

    private func wishes() throws -> [ActionWish] {
        try bench.records(bench.catalogue.actionsRequested.name).map {
            try bench.catalogue.actionsRequested.message(in: $0)
        }
    }

    private func requests() throws -> [ActionRequest] {
        try wishes().compactMap { if case .requested(let request) = $0 { request } else { nil } }
    }

    private func onlyCase() throws -> CaseSummary {
        let cases = try bench.cases()
        #expect(cases.count == 1)
        return try #require(cases.values.first)
    }

    @Test("threat and endpoint are passed on byte for byte, and the endpoint is that of the table")
    mutating func splice() throws {
        try agent()
        try settle()
        try threat()
        try settle()
        let enriched = try #require(try bench.records(bench.catalogue.threatsEnriched.name).first)
        let message = try bench.catalogue.threatsEnriched.message(in: enriched)
        #expect(message.threat == (try bench.records(bench.catalogue.threatsObserved.name).first?.value))
        #expect(message.endpoint == (try bench.records(bench.catalogue.agentsObserved.name).first?.value))
        #expect(message.endpointEvent == "eu1/\(Self.endpoint)/1")
        #expect(try onlyCase().endpoint?.name == "FROM-TABLE")
    }

    @Test("without a row the endpoint is what the threat says of it")
    mutating func noRow() throws {
        try threat()
        try settle()
        #expect(try onlyCase().endpoint?.name == "FROM-THREAT")
        #expect(try requests().map(\.target.uuid) == ["u-71"])
    }

    @Test("two threats of one storyline are one case, and one of another is another")
    mutating func storyline() throws {
        try threat("1900000000000000001")
        try threat("1900000000000000002")
        try settle()
        #expect(try onlyCase().threats.count == 2)
        try threat("1900000000000000003", storyline: "S2")
        try settle()
        #expect(try bench.cases().count == 2)
    }

    @Test("one kind of evidence alone asks for nothing")
    mutating func evidence() throws {
        try threat(hash: "")
        try settle()
        #expect(try onlyCase().verdict == .suspicious)
        #expect(try wishes().isEmpty)
        try threat(version: 2)
        try settle()
        #expect(try onlyCase().verdict == .malicious)
        #expect(try requests().count == 1)
    }

    @Test(
        "a false positive, however it is spelled, closes the case and withdraws what waits",
        arguments: [
            "false_positive", "False positive", "FALSE_POSITIVE",
        ])
    mutating func falsePositive(word: String) throws {
        try threat()
        try settle()
        try threat(verdict: word, version: 2)
        try settle()
        #expect(try onlyCase().status == .closed)
        let id = try #require(try requests().first?.id)
        #expect(try wishes().contains { if case .withdrawn(id, _, _) = $0 { true } else { false } })
    }

    @Test("a plan is pinned once: a restart under another playbook does not ask again")
    mutating func pinned() throws {
        try threat()
        try settle()
        deciding = try Self.again(bench, &deciding)
        try threat(version: 2)
        try agent()
        try settle()
        #expect(try requests().count == 1)
    }

    @Test("a case that is opened again asks under a new name")
    mutating func reopened() throws {
        try threat()
        try settle()
        try threat(status: "resolved", version: 2)
        try settle()
        try threat(version: 3)
        try settle()
        #expect(try onlyCase().generation == 2)
        let ids = try requests().map(\.id)
        #expect(ids.count == 2 && Set(ids).count == 2)
    }

    @Test("what is no threat is set aside, and the next one is worked on")
    mutating func poison() throws {
        try observe(bench.catalogue.threatsObserved, id: "1", version: "1", raw: #"{"id":[]}"#)
        try threat()
        try settle()
        #expect(try bench.records(bench.catalogue.deadLetters).count == 1)
        #expect(try bench.cases().count == 1)
    }

    /// The same loops in a new process, with another version of the playbook.
    private static func again(_ bench: Bench, _ old: inout Deciding) throws -> Deciding {
        old.end()
        return try Deciding(bench, version: "v2")
    }
}
