import Contracts
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Stages
import Testing

@Suite("Observing")
struct ObserveTests {
    /// Every version of a topic: id and version, in the order of the log.
    private static func published(_ topic: Topic<ObservedRecord>, in bench: Bench) throws -> [ObservedRecord] {
        try bench.records(topic.name).map { try topic.message(in: $0) }
    }

    private static func expectOnceAndInOrder(_ records: [ObservedRecord]) {
        #expect(Set(records.map(\.event)).count == records.count, "none is published twice")
        for (_, versions) in Dictionary(grouping: records, by: \.id) {
            #expect(versions.map(\.at) == versions.map(\.at).sorted(), "per id in order")
        }
    }

    private static func json(_ body: String, _ answer: HTTPAnswer) -> HTTPAnswer {
        HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(body))
    }

    private static func threat(_ id: Int, at: Timestamp?, name: String = "x") -> String {
        let time = at.map { #","updatedAt":"\#($0)""# } ?? ""
        return #"{"id":"900000000000000\#(1000 + id)","agentRealtimeInfo":{"agentId":"71"},"#
            + #""threatInfo":{"threatName":"\#(name)"\#(time)}}"#
    }

    /// Threats as a script has them, honestly filtered and paged by the request; agents there are none.
    private static func serve(_ bench: Bench, _ rows: @escaping () -> [(at: Timestamp, row: String)]) {
        bench.rewrite = { request, answer in
            guard request.path.hasSuffix("/threats") else {
                return request.path.hasSuffix("/agents") ? json(#"{"data":[],"pagination":{}}"#, answer) : answer
            }
            let since = request.query.first { $0.name == "updatedAt__gte" }.flatMap { Timestamp(iso: $0.value) }
            let shown = rows().filter { $0.at >= since ?? .zero }.sorted { $0.at < $1.at }
            return json(
                #"{"data":[\#(shown.map(\.row).joined(separator: ","))],"pagination":{"nextCursor":null}}"#, answer)
        }
    }

    @Test("every version of everything is published once and in order, whatever the size of a page", arguments: 1...5)
    func exact(limit: Int) throws {
        let bench = try Bench(threats: 30) { $0.threatInterval = .milliseconds(100) }
        bench.redirect = { request in
            // Ties lie across the edges of pages: several endpoints share one moment.
            for index in request.query.indices where request.query[index].name == "limit" {
                request.query[index].value = String(limit)
            }
        }
        var observing = try bench.observing()
        try observing.step(400, passing: .milliseconds(50))
        let id = try #require(try Self.published(bench.catalogue.threatsObserved, in: bench).first?.id)
        try bench.control(
            "POST", "/people", #"{"do":"verdict","threatId":"\#(id)","analystVerdict":"true_positive"}"#)
        try observing.step(200, passing: .milliseconds(50))
        let threats = try Self.published(bench.catalogue.threatsObserved, in: bench)
        let agents = try Self.published(bench.catalogue.agentsObserved, in: bench)
        Self.expectOnceAndInOrder(threats)
        Self.expectOnceAndInOrder(agents)
        #expect(Set(threats.map(\.id)).count == 30 && threats.count == 31)
        #expect(Set(agents.map(\.id)).count == 4)
        #expect(threats.filter { $0.id == id }.count == 2)
        #expect(try bench.records(bench.catalogue.deadLetters).isEmpty)
    }

    @Test("what is unchanged is not sent again, and an endpoint's signs of life make no version")
    func volatile() throws {
        let bench = try Bench(threats: 0)
        bench.rewrite = { [unowned bench] request, answer in
            guard request.path.hasSuffix("/agents"), let text = answer.body.text else { return answer }
            return Self.json(
                text.replacing(#""lastActiveDate":"2"#, with: #""lastActiveDate":"\#(bench.now.microseconds) 2"#),
                answer)
        }
        var observing = try bench.observing()
        try observing.step(200, passing: .milliseconds(100))
        #expect(try bench.records(bench.catalogue.agentsObserved.name).count == 4)
        let entries = try bench.records(bench.catalogue.feedsCursors.name).count
        let id = try #require(try Self.published(bench.catalogue.agentsObserved, in: bench).first?.id)
        try bench.control("POST", "/people", #"{"do":"isolate","agentId":"\#(id)"}"#)
        try observing.step(100, passing: .milliseconds(100))
        let versions = try Self.published(bench.catalogue.agentsObserved, in: bench).filter { $0.id == id }
        #expect(versions.map(\.version).first == "1" && versions.count >= 2)
        #expect(try bench.records(bench.catalogue.feedsCursors.name).count > entries)
    }

    @Test("a record that shows late, inside the overlap, is found")
    func late() throws {
        let bench = try Bench(threats: 0)
        var rows = [(at: Bench.start, row: Self.threat(1, at: Bench.start))]
        Self.serve(bench) { rows }
        var observing = try bench.observing()
        try observing.step(50, passing: .milliseconds(100))
        let earlier = Bench.start - .seconds(500)
        rows.append((earlier, Self.threat(2, at: earlier)))
        try observing.step(50, passing: .milliseconds(100))
        #expect(try Self.published(bench.catalogue.threatsObserved, in: bench).count == 2)
    }

    @Test("a record whose time lies in the future neither stops the polling nor comes twice")
    func future() throws {
        let bench = try Bench(threats: 0)
        let far = try #require(Timestamp(iso: "2099-01-01T00:00:00Z"))
        var rows = [(at: far, row: Self.threat(1, at: far))]
        Self.serve(bench) { rows }
        var observing = try bench.observing()
        for minute in 0..<90 {
            try observing.step(4, passing: .seconds(15))
            rows.append((bench.now, Self.threat(10 + minute, at: bench.now)))
        }
        try observing.step(4, passing: .seconds(15))
        let threats = try Self.published(bench.catalogue.threatsObserved, in: bench)
        Self.expectOnceAndInOrder(threats)
        #expect(threats.count == 91)
    }

    @Test("our clock, a day ahead, does not let a future record skip a day")
    func ahead() throws {
        let bench = try Bench(threats: 0)
        bench.clock.advance(by: .seconds(86_400))
        bench.consoleAhead = .seconds(-86_400)
        let far = try #require(Timestamp(iso: "2099-01-01T00:00:00Z"))
        var rows = [(at: far, row: Self.threat(1, at: far))]
        Self.serve(bench) { rows }
        var observing = try bench.observing()
        try observing.step(20, passing: .milliseconds(500))
        rows.append((Bench.start + .seconds(20), Self.threat(2, at: Bench.start + .seconds(20))))
        try observing.step(20, passing: .milliseconds(500))
        #expect(try Self.published(bench.catalogue.threatsObserved, in: bench).count == 2)
    }

    @Test("a record without a time does not move the watermark past those that are still to come")
    func timeless() throws {
        let bench = try Bench(threats: 0)
        let old = Bench.start - .seconds(5_000)
        var rows = [(at: old - .seconds(1), row: Self.threat(1, at: nil)), (old, Self.threat(2, at: old))]
        Self.serve(bench) { rows }
        var observing = try bench.observing()
        try observing.step(20, passing: .milliseconds(500))
        rows.append((old + .seconds(1), Self.threat(3, at: old + .seconds(1))))
        try observing.step(20, passing: .milliseconds(500))
        #expect(try Self.published(bench.catalogue.threatsObserved, in: bench).count == 3)
    }

    @Test("a version that an old copy of the console shows again is not published again")
    func backwards() throws {
        let bench = try Bench(threats: 0)
        let (first, second) = (Bench.start, Bench.start + .seconds(1))
        var isOld = false
        Self.serve(bench) {
            let at = isOld ? first : second
            return [(at, Self.threat(1, at: at))]
        }
        isOld = true
        var observing = try bench.observing()
        for _ in 0..<6 {
            try observing.step(10, passing: .milliseconds(500))
            isOld.toggle()
        }
        let threats = try Self.published(bench.catalogue.threatsObserved, in: bench)
        Self.expectOnceAndInOrder(threats)
        #expect(threats.count == 2)
    }

    @Test("an item that cannot be read is set aside once, over many polls and a restart, and costs nobody else")
    func unreadable() throws {
        let bench = try Bench(threats: 0)
        Self.serve(bench) {
            [
                (Bench.start, Self.threat(1, at: Bench.start)), (Bench.start, #"{"id":{"odd":true}}"#),
                (Bench.start, Self.threat(2, at: Bench.start)),
            ]
        }
        for _ in 0..<2 {
            var observing = try bench.observing()
            try observing.step(30, passing: .milliseconds(500))
        }
        #expect(try Self.published(bench.catalogue.threatsObserved, in: bench).count == 2)
        let letters = try bench.records(bench.catalogue.deadLetters)
        #expect(letters.map { $0.value?.text } == [#"{"id":{"odd":true}}"#])
    }

    @Test("an endpoint that cannot be read is set aside once, though its signs of life go on")
    func unreadableAgent() throws {
        let bench = try Bench(threats: 0)
        bench.rewrite = { [unowned bench] request, answer in
            guard request.path.hasSuffix("/agents") else { return answer }
            return Self.json(
                #"{"data":[{"id":{},"lastActiveDate":"\#(bench.now)"}],"pagination":{"nextCursor":null}}"#, answer)
        }
        var observing = try bench.observing()
        try observing.step(60, passing: .milliseconds(500))
        #expect(try bench.records(bench.catalogue.deadLetters).count == 1)
    }

    @Test("a failing stream rests, alone and ever longer, and heals", arguments: [401, 403, 429, 500, 200])
    func failing(status: Int) throws {
        let bench = try Bench(threats: 3)
        var isFailing = true
        bench.intercept = { request in
            guard isFailing, request.path.hasSuffix("/threats") else { return nil }
            let headers = status == 429 ? [(name: "Retry-After", value: "30")] : []
            return .result(
                .success(HTTPAnswer(status: status, headers: headers, body: Bytes("<html>Sign in</html>"))))
        }
        var observing = try bench.observing()
        try observing.step(100, passing: .milliseconds(500))
        #expect(try bench.records(bench.catalogue.threatsObserved.name).isEmpty)
        #expect(Set(try Self.published(bench.catalogue.agentsObserved, in: bench).map(\.id)).count == 4)
        let told = bench.told.count("page.failed")
        #expect((1...(status == 429 ? 2 : 8)).contains(told), "\(told) failures told in 50 seconds")
        isFailing = false
        // What a token may not read is asked for again every quarter of an hour.
        if status == 401 || status == 403 { bench.clock.advance(by: .seconds(900)) }
        try observing.step(150, passing: .milliseconds(500))
        #expect(try bench.records(bench.catalogue.threatsObserved.name).count == 3)
    }

    @Test("a stream that fails on its second page is not asked for the first one each second")
    func failingLater() throws {
        let bench = try Bench(threats: 0)
        var asked = 0
        bench.intercept = { request in
            guard request.path.hasSuffix("/threats") else { return nil }
            asked += 1
            guard !request.query.contains(where: { $0.name == "cursor" }) else {
                return .result(.success(HTTPAnswer(status: 500, body: .empty)))
            }
            return .ok(#"{"data":[],"pagination":{"nextCursor":"two"}}"#)
        }
        var observing = try bench.observing()
        try observing.step(240, passing: .milliseconds(500))
        #expect(asked < 24, "\(asked) calls in two minutes")
    }

    @Test("a walk whose cursors go round ends, and the next one begins in its time", arguments: 1...3)
    func looping(length: Int) throws {
        let bench = try Bench(threats: 0)
        var asked = 0
        bench.intercept = { request in
            guard request.path.hasSuffix("/threats") else { return nil }
            asked += 1
            return .ok(
                #"{"data":[\#(Self.threat(1, at: Bench.start))],"pagination":{"nextCursor":"c\#(asked % length)"}}"#)
        }
        var observing = try bench.observing()
        try observing.step(100, passing: .milliseconds(100))
        #expect(asked < 40, "\(asked) calls in ten seconds")
        #expect(try Self.published(bench.catalogue.threatsObserved, in: bench).count == 1)
    }

    @Test("a restart at any moment goes on from the journal", arguments: 0..<24)
    func restart(seam: Int) throws {
        let bench = try Bench(threats: 12) { $0.threatInterval = .milliseconds(200) }
        bench.redirect = { request in
            for index in request.query.indices where request.query[index].name == "limit" {
                request.query[index].value = "3"
            }
        }
        do {
            var observing = try bench.observing(Mortality(atSeam: seam), plan: .init([2: .abort, 5: .abort]))
            try observing.step(60, passing: .milliseconds(100))
        } catch is LogFailure {}
        var observing = try bench.observing()
        try observing.step(100, passing: .milliseconds(100))
        let threats = try Self.published(bench.catalogue.threatsObserved, in: bench)
        Self.expectOnceAndInOrder(threats)
        #expect(threats.count == 12)
    }

    @Test("a page whose turn was undone is not lost when the partition goes away and comes back")
    func rebalance() throws {
        let bench = try Bench(threats: 12) { $0.threatInterval = .milliseconds(1) }
        bench.observeSettings = ObserveSettings(
            interval: .seconds(2), overlap: .zero, lookBack: .seconds(86_400))
        bench.clock.advance(by: .seconds(1))
        bench.redirect = { request in
            for index in request.query.indices where request.query[index].name == "limit" {
                request.query[index].value = "3"
            }
        }
        var observing = try bench.observing(plan: .init([0: .abort, 1: .abort, 2: .abort]))
        try observing.step(3, passing: .milliseconds(100))
        observing.log.rebalance(to: [0, 1])
        try observing.step(60, passing: .milliseconds(100))
        let threats = try Self.published(bench.catalogue.threatsObserved, in: bench)
        Self.expectOnceAndInOrder(threats)
        #expect(threats.count == 12)
        #expect(Set(try Self.published(bench.catalogue.agentsObserved, in: bench).map(\.id)).count == 4)
    }

    @Test("while the token cannot be read nothing is asked of the console, and its file only now and then")
    func tokenAway() throws {
        let bench = try Bench(threats: 2)
        let token = bench.reader.secret
        bench.reader.secret = nil
        var observing = try bench.observing()
        try observing.step(200, passing: .milliseconds(50))
        #expect(try bench.calls("agents") == 0)
        #expect(bench.reader.readings < 20)
        bench.reader.secret = token
        try observing.step(100, passing: .milliseconds(200))
        #expect(try bench.records(bench.catalogue.threatsObserved.name).count == 2)
    }
}
