import ActionLedger
import Contracts
import Foundation
import Investigation
import Operator
import Pipeline
import Ports
import SentinelOne
import Testing

@Suite("Consoles as people see them")
struct ConnectTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let token = "SECRET-TOKEN-OF-EIGHTY-CHARACTERS"

    enum Name: String, CaseIterable { case well, lacking, dead, gone }

    /// What a console of that name answers, by the path asked for.
    private static func serve(_ name: Name, _ path: String) -> HTTPResult {
        func answer(_ status: Int, _ text: String) -> HTTPResult {
            .success(
                HTTPAnswer(
                    status: status, headers: [("Date", "Mon, 21 Sep 2026 14:13:\(name == .lacking ? "00" : "20") GMT")],
                    body: Bytes(text)))
        }
        func refusal(_ status: Int, _ detail: String) -> HTTPResult {
            answer(status, #"{"errors":[{"code":\#(status)0010,"title":"No","detail":"\#(detail)"}]}"#)
        }
        if name == .gone { return .failure(HTTPFailure(.notSent, code: "http.no_connection", detail: "refused")) }
        if name == .dead, path != "system/status" { return refusal(401, "you sent \(token)") }
        let held = name == .well ? "true" : "false"
        switch path {
        case "system/status": return answer(200, #"{"data":{"health":"ok"}}"#)
        case "users/viewer-auth-check": return answer(200, #"{"data":{"success":true}}"#)
        case "system/info": return answer(200, #"{"data":{"version":"S-26.1"}}"#)
        case "users/api-token-details":
            let end = name == .lacking ? "2026-09-24T10:00:00Z" : "2027-03-01T00:00:00Z"
            return answer(200, #"{"data":{"expiresAt":"\#(end)"}}"#)
        case "user":
            return answer(
                200,
                #"{"data":{"id":"7","fullName":"svc-docket","scope":"site","scopeRoles":[{"id":"1","name":"Harbour","#
                    + #""accountName":"Tidewater","roleId":"81","roleName":"Responder"}]}}"#)
        case "rbac/role/81":
            let verbs = ["Users", "Roles"].map {
                #"{"name":"\#($0)","permissions":[{"identifier":"view","value":true}]}"#
            }
            let endpoints =
                #"{"name":"Endpoints","permissions":[{"identifier":"disconnectFromNetwork","value":\#(held)},"#
                + #"{"identifier":"reconnectToNetwork","value":true}]}"#
            return answer(200, #"{"data":{"pages":[\#((verbs + [endpoints]).joined(separator: ","))]}}"#)
        case "cloud-detection/alerts" where name == .lacking:
            return refusal(403, "Feature is not available for the scope")
        default: return answer(200, #"{"data":[],"pagination":{"nextCursor":null}}"#)
        }
    }

    private static func report(_ name: Name, fault: Bool = false) -> ConnectReport {
        let origin = HTTPOrigin(.https, host: "eu1.example", port: 443)
        let console = Console(id: "eu1", origin: origin, token: Secret(token))
        var lines = [ConsoleCheck.Line(console, use: .reader), .init(console, use: .writer)]
        if fault { lines[0] = .init("eu1", url: "\(origin)", use: .reader, fault: "secrets/eu1: no such file") }
        var check = ConsoleCheck(lines)
        while !check.isOver {
            for (call, request) in check.next() {
                let path = String(request.path.dropFirst("/web/api/v2.1/".count))
                check.took(serve(name, path), of: call, sentAt: now, receivedAt: now + .milliseconds(400))
            }
        }
        #expect(check.progress.ended == check.progress.of)
        return check.report(at: now)
    }

    @Test("what was found out is told like this", arguments: Name.allCases)
    func told(name: Name) throws {
        let report = Self.report(name)
        try Golden.expect(report.text(on: Paper()), is: "connect-\(name).txt")
        try Golden.expect(report.json(strict: false), is: "connect-\(name).json")
        _ = try JSONSerialization.jsonObject(with: Data(report.json(strict: true).utf8))
        for said in [report.text(on: Paper()), report.json(strict: true), "\(report)"] {
            #expect(!said.contains(Self.token))
        }
    }

    @Test("the exit code says whether the work can go on")
    func exitCodes() {
        #expect(Self.report(.dead).exitCode(strict: false) == 1)
        #expect(Self.report(.gone).exitCode(strict: true) == 1)
        #expect(Self.report(.lacking).exitCode(strict: false) == 1)
        #expect(Self.report(.well, fault: true).exitCode(strict: false) == 64)
    }

    @Test("what is told of the reader's file keeps nobody from asking with the writer's token")
    func fault() {
        let text = Self.report(.well, fault: true).text(on: Paper())
        #expect(text.contains("secrets/eu1: no such file") && text.contains("alive"))
    }

    @Test("status shows each console as ingest last saw it, and a tombstone takes nothing away")
    func status() throws {
        let catalogue = Catalogue(deployment: "test")
        var desk = Desk(catalogue)
        let record = { (value: Bytes?, from: OutgoingRecord) in
            IncomingRecord(
                partition: Partition(from.topic, 0), offset: .start, key: from.key, value: value, headers: from.headers,
                timestamp: Self.now)
        }
        for (name, isOff) in [("eu2", false), ("eu1", true), ("eu1", true)] {
            var status = ConsoleStatus(try #require(ConsoleID(name)), at: Self.now)
            status.state = .working
            status.token.name = "svc-docket"
            status.token.expiresAt = Self.now + .seconds(86_400)
            status.streams = [.init("threats"), .init("alerts")]
            if isOff {
                status.streams[1].off = .init(
                    kind: "licence", reason: "not\nlicensed", since: Self.now, triedAgainAt: Self.now)
                status.state = .failed(
                    .init(since: Self.now, reason: "401", remedy: "replace it", triedAgainAt: Self.now, stream: nil))
            }
            let written = catalogue.consolesStatus.record(status, following: Cause(id: name, at: Self.now))
            try desk.fold(record(written.value, written))
            try desk.fold(record(nil, written))
        }
        let status = Status(desk: desk, records: [:], prefix: "docket.")
        try Golden.expect(status.text(json: false), is: "consoles-status.txt")
        try Golden.expect(status.text(json: true), is: "consoles-status.json")
    }

    @Test("what the ledger asks of a role is what a writer's token is looked at for")
    func needs() {
        let looked = TokenNeed.all(of: .writer).filter { $0.weight == .needed }.map(\.permission)
        for kind in ActionKind.allCases {
            for name in [kind.permission] + kind.inquiryPermissions {
                #expect(looked.contains(Permission(name)), "\(name)")
            }
        }
        #expect(LedgerLimits().clockSkew == ClockSkew.limit)
    }
}
