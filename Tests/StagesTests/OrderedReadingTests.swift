import ActionLedger
import Contracts
import Crypto
import JSONView
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Stages
import Testing

@Suite("Reading to order")
struct OrderedReadingTests {
    /// Polls by itself so seldom that what happens soon was ordered.
    private static func bench(_ change: (inout SimulatedConsoleSettings) -> Void = { _ in }) throws -> Bench {
        let bench = try Bench(threats: 0, change: change)
        bench.observeSettings = ObserveSettings(
            interval: .seconds(86_400), overlap: .seconds(60), lookBack: .seconds(86_400), recheck: .seconds(86_400),
            reconcileEvery: .seconds(86_400))
        return bench
    }

    /// What the journal says of each stream, and of orders.
    private struct Journal {
        var positions: [ObservedStream: FeedPosition] = [:]
        var found: [ObservedStream: FeedReconciliation] = [:]
        var answers: [FeedAnswer] = []
        var count = 0

        init(_ bench: Bench) throws {
            for record in try bench.records(bench.catalogue.feedsCursors.name) where record.value != nil {
                let entry = try bench.catalogue.feedsCursors.message(in: record)
                count += 1
                switch (entry.change, entry.stream) {
                case (.position(let position), let stream?): positions[stream] = position
                case (.reconciled(let finding), let stream?): found[stream] = finding
                case (.answered(let answer), _): answers.append(answer)
                default: break  // what is remembered for the walks
                }
            }
        }
    }

    private static func send(_ signed: SignedOrder, to bench: Bench, key: String? = nil) throws {
        var record = bench.catalogue.ordersConsoles.record(
            signed, following: Cause(id: signed.signature, at: bench.now))
        if let key { record.key = Bytes(key) }
        try bench.append(record)
    }

    @Test("an order to read begins a walk of each stream at once, and the journal says once that it has ended")
    func sync() throws {
        let bench = try Self.bench { $0.history = 5 }
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        let before = try Journal(bench)
        #expect(before.positions.count == 5 && before.positions.values.allSatisfy { $0.synced == nil })
        try bench.order(.sync(stream: nil))
        let asked = bench.now
        try observing.step(20, passing: .seconds(1))
        let after = try Journal(bench)
        #expect(after.answers.map(\.refusal) == [nil] && after.answers.first?.by == "ada")
        for stream in ObservedStream.allCases {
            #expect(try #require(after.positions[stream]?.synced) > asked, "\(stream)")
        }
        #expect(try #require(after.positions[.agents]?.snapshot) > asked)
        // Polling that brings nothing writes nothing, ordered or not.
        try observing.step(20, passing: .seconds(1))
        #expect(try Journal(bench).count == after.count)
    }

    @Test("polling that brings nothing goes on writing nothing after an order was followed")
    func idle() throws {
        let bench = try Bench(threats: 0) { $0.history = 5 }
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        try bench.order(.sync(stream: "threats"))
        try observing.step(20, passing: .seconds(1))
        let count = try Journal(bench).count
        try observing.step(60, passing: .seconds(1))
        #expect(try Journal(bench).count == count)
    }

    @Test("an order of one stream leaves the others alone, and one before the first reading is remembered")
    func early() throws {
        let bench = try Self.bench { $0.history = 5 }
        try bench.order(.sync(stream: "threats"))
        var observing = try bench.observing()
        try observing.step(30, passing: .seconds(1))
        let journal = try Journal(bench)
        let taken = try #require(journal.answers.first?.at)
        #expect(try #require(journal.positions[.threats]?.synced) >= taken)
        #expect(journal.positions.filter { $0.value.synced != nil }.map(\.key) == [.threats])
    }

    enum Fault: CaseIterable { case stranger, deployment, expired, stream }

    @Test("an order that is not in order is not followed, and the journal says why", arguments: Fault.allCases)
    func refused(fault: Fault) throws {
        let bench = try Self.bench { $0.history = 5 }
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        let before = try Journal(bench)
        let genuine = bench.sign(
            .sync(stream: fault == .stream ? "rumours" : nil), for: .seconds(fault == .expired ? 1 : 60))
        let reason: String
        switch fault {
        case .stranger:
            let stranger = try SigningKey(seed: [UInt8](repeating: 9, count: 32))
            try Self.send(
                SignedOrder(genuine.order, signature: stranger.sign(Bytes(genuine.order.text)).base64), to: bench)
            reason = "the signature is not one of an approver named ada"
        case .deployment:
            let order = Order(
                .sync(stream: nil), deployment: "elsewhere", console: bench.consoleID, by: "ada", at: bench.now,
                until: bench.now + .seconds(60))
            try Self.send(SignedOrder(order, signature: genuine.signature), to: bench)
            reason = "signed for another deployment"
        case .expired:
            bench.clock.advance(by: .seconds(2))
            try Self.send(genuine, to: bench)
            reason = "expired at \(genuine.order.until)"
        case .stream:
            try Self.send(genuine, to: bench)
            reason = "ingest reads no stream rumours: the settings that it runs with say so"
        }
        try observing.step(20, passing: .seconds(1))
        let after = try Journal(bench)
        #expect(after.answers.map(\.refusal) == [reason])
        #expect(after.positions == before.positions && after.count == before.count + 1)
        #expect(bench.told.count("order.refused") == 1)
    }

    @Test("an order that lies under another console's key is followed for neither, and leaves no trace")
    func misplaced() throws {
        let bench = try Self.bench { $0.history = 5 }
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        let before = try Journal(bench)
        try Self.send(bench.sign(.sync(stream: nil)), to: bench, key: "eu2")
        try observing.step(20, passing: .seconds(1))
        #expect(try Journal(bench).count == before.count)
        #expect(bench.told.count("order.refused") == 1)
    }

    @Test("a forged copy does not use the genuine order up, and a stranger's words are cut")
    func copies() throws {
        let bench = try Self.bench()
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        let genuine = bench.sign(.sync(stream: nil))
        try Self.send(SignedOrder(genuine.order, signature: "bm9ib2R5"), to: bench)
        try Self.send(genuine, to: bench)
        try Self.send(genuine, to: bench)
        let long = Order(
            .sync(stream: nil), deployment: Bench.deployment, console: bench.consoleID,
            by: String(repeating: "x", count: 500_000), at: bench.now, until: bench.now + .seconds(60))
        try observing.step(20, passing: .seconds(1))
        #expect(try Journal(bench).answers.map { $0.refusal == nil } == [false, true])
        try Self.send(SignedOrder(long, signature: "bm9ib2R5"), to: bench)
        try observing.step(20, passing: .seconds(1))
        let last = try #require(try Journal(bench).answers.last)
        #expect(last.by.utf8.count < 200 && (last.refusal ?? "").utf8.count < 500)
    }

    @Test("where there is no hour to compare yet, an ordered comparison says so at once, and the next ones go on")
    func nothingToCompare() throws {
        let bench = try Self.bench {
            $0.history = 20
            $0.historyInterval = .seconds(600)
        }
        var isEmpty = true
        var asked = 0
        bench.intercept = { request in
            guard request.path.hasSuffix("/threats") else { return nil }
            asked += 1
            return isEmpty ? .ok(#"{"data":[],"pagination":{"nextCursor":null,"totalItems":0}}"#) : nil
        }
        bench.observeSettings.streams[.threats]?.interval = .seconds(600)
        // The first whole hour begins after the start, and has to be over for as long as records may be late.
        bench.observeSettings.streams[.threats]?.lookBack = .seconds(60)
        bench.observeSettings.reconcileEvery = .seconds(3_600)
        var observing = try bench.observing()
        try observing.step(18, passing: .seconds(300))
        #expect((8...12).contains(asked), "\(asked) calls in an hour and a half")
        #expect(try Journal(bench).found[.threats] == nil)
        try bench.order(.reconcile(stream: "threats"))
        try observing.step(3, passing: .seconds(1))
        let nothing = try #require(try Journal(bench).found[.threats])
        #expect(nothing.from == nothing.to && nothing.counted == 0 && nothing.at == bench.now - .seconds(2))
        isEmpty = false
        try observing.step(40, passing: .seconds(300))
        let last = try #require(try Journal(bench).found[.threats])
        #expect(last.at > nothing.at && last.from < last.to && last.open == 0)
    }

    /// The answer without the row of this id.
    private static func without(_ id: String, _ answer: HTTPAnswer) throws -> HTTPAnswer {
        let body = try JSONView(parsing: answer.body)
        let rows = try body["data"].elements.filter { try $0["id"].id != id }.map { try $0.raw.text ?? "" }
        let text = #"{"data":[\#(rows.joined(separator: ","))],"pagination":\#(try body["pagination"].raw.text ?? "")}"#
        return HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(text))
    }

    @Test("what a comparison asks for by id and is not given stays missing, is said to, and is found by the next one")
    func left() throws {
        let bench = try Self.bench {
            $0.history = 20
            $0.historyInterval = .seconds(600)
        }
        var hidden: String?
        var isHiding = true
        bench.rewrite = { request, answer in
            guard isHiding, request.path.hasSuffix("/threats"),
                request.query.contains(where: { ["updatedAt__gte", "ids"].contains($0.name) })
            else { return answer }
            if hidden == nil {
                hidden = try? JSONView(parsing: answer.body)["data"].elements.first { _ in true }?["id"].id
            }
            guard let hidden, let rest = try? Self.without(hidden, answer) else { return answer }
            return rest
        }
        var observing = try bench.observing()
        try observing.step(20, passing: .seconds(1))
        #expect(try bench.records(bench.catalogue.threatsObserved.name).count == 19)
        for _ in 0..<2 {
            try bench.order(.reconcile(stream: nil))
            try observing.step(40, passing: .seconds(1))
            let found = try #require(try Journal(bench).found[.threats])
            #expect(found.open == 1 && found.repaired == 0 && found.counted == found.shown + 1 && found.gone == 0)
        }
        isHiding = false
        try bench.order(.reconcile(stream: nil))
        try observing.step(40, passing: .seconds(1))
        let found = try #require(try Journal(bench).found[.threats])
        #expect(found.open == 0 && found.repaired == 1)
        #expect(try bench.records(bench.catalogue.threatsObserved.name).count == 20)
    }
}
