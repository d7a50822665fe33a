import ActionLedger
import Contracts
import Crypto
import Foundation
import Investigation
import Operator
import Pipeline
import Ports
import Samples
import Testing

@Suite("Reading and comparing to order")
struct FeedTests {
    private static let now = Samples.now
    private static let (one, two) = (Samples.console("eu1"), Samples.console("eu2"))

    /// What ingest has said, written and read through the real catalogue.
    private struct Told {
        let catalogue = Catalogue(deployment: Scene.deployment)
        private(set) var desk: Desk

        init() { desk = Desk(catalogue) }

        mutating func fold(_ record: OutgoingRecord) throws {
            try desk.fold(
                IncomingRecord(
                    partition: Partition(record.topic, 0), offset: .start, key: record.key, value: record.value,
                    headers: record.headers, timestamp: now))
        }

        private var cause: Cause { Cause(id: "call", at: now) }

        mutating func say(_ entries: FeedEntry...) throws {
            for entry in entries { try fold(catalogue.feedsCursors.record(entry, following: cause)) }
        }

        mutating func say(_ status: ConsoleStatus) throws {
            try fold(catalogue.consolesStatus.record(status, following: cause))
        }

        mutating func answer(_ signed: SignedOrder, refusal: String? = nil, at: Timestamp = now) throws {
            let name = try Scene.context().name(of: signed)
            try say(
                FeedEntry(
                    signed.order.console,
                    FeedAnswer(order: name, .sync, of: nil, by: signed.order.by, at: at, refusal: refusal)))
        }

        func form() throws -> OrderForm {
            OrderForm(desk, deployment: Scene.deployment, key: try Scene.key(), by: "ada", at: now)
        }
    }

    private static func position(
        caughtUp: Timestamp? = now - .seconds(600), _ change: (inout FeedPosition) -> Void = { _ in }
    ) -> FeedEntry.Change {
        var position = FeedPosition(origin: now - .seconds(700), watermark: now - .seconds(20))
        position.caughtUp = caughtUp
        change(&position)
        return .position(position)
    }

    private static func found(
        at: Timestamp = now + .seconds(3), counted: Int = 100, shown: Int = 100, repaired: Int = 0, open: Int = 0,
        gone: Int = 0, hours: Int = 30
    ) -> FeedEntry.Change {
        .reconciled(
            FeedReconciliation(
                at: at, from: now.startOfHour - .seconds(hours * 3_600), to: now.startOfHour, counted: counted,
                shown: shown, differing: repaired + open > 0 ? 1 : 0, repaired: repaired, open: open, gone: gone))
    }

    private static func reach(
        _ words: String..., wish: FeedWish = .sync, reading: [ObservedStream] = ObservedStream.allCases
    ) throws -> Reach {
        try Reach(words, for: wish, consoles: [one, two], reading: reading)
    }

    @Test("each console gets an order of its own, which ingest's check accepts for its hour and nobody's key else")
    func orders() throws {
        let orders = try Told().form().read(.sync, try Self.reach("alerts"))
        #expect(orders.map(\.order.console) == [Self.one, Self.two])
        #expect(orders.allSatisfy { $0.order.demand == .sync(stream: "alerts") })
        let context = try Scene.context()
        for order in orders {
            #expect(context.refusal(of: order, at: Self.now + .seconds(3_599)) == nil)
            #expect(context.refusal(of: order, at: Self.now + .seconds(3_600)) != nil)
            let forged = SignedOrder(order.order, signature: "bm9ib2R5")
            #expect(context.refusal(of: forged, at: Self.now) == "the signature is not one of an approver named ada")
            #expect(context.name(of: forged) != context.name(of: order))
        }
        let all = try Told().form().read(.reconcile, try Self.reach(wish: .reconcile))
        #expect(all.allSatisfy { $0.order.demand == .reconcile(stream: nil) })
    }

    // MARK: What became of it

    @Test("only a walk that began when ingest had taken the order, or later, is the one that was ordered")
    func done() throws {
        var told = Told()
        let reach = try Self.reach("eu1", "threats")
        let orders = try told.form().read(.sync, reach)
        let report = FeedReport(.sync, reach, by: "ada", orders: orders)
        #expect(!report.isAnswered(on: told.desk) && report.exitCode(on: told.desk, waited: true) == 75)
        try told.say(FeedEntry(Self.one, .threats, Self.position { $0.synced = Self.now - .seconds(1) }))
        try told.answer(orders[0])
        #expect(report.isAnswered(on: told.desk) && !report.isOver(on: told.desk))
        #expect(report.exitCode(on: told.desk, waited: true) == 75)
        #expect(report.exitCode(on: told.desk, waited: false) == 0)
        try told.say(FeedEntry(Self.one, .threats, Self.position { $0.synced = Self.now }))
        #expect(report.isOver(on: told.desk) && report.exitCode(on: told.desk, waited: true) == 0)
    }

    @Test("endpoints are read when the list of all of them was, too")
    func snapshot() throws {
        var told = Told()
        let reach = try Self.reach("eu1", "agents")
        let orders = try told.form().read(.sync, reach)
        let report = FeedReport(.sync, reach, by: "ada", orders: orders)
        try told.answer(orders[0])
        try told.say(FeedEntry(Self.one, .agents, Self.position { $0.synced = Self.now }))
        #expect(!report.isOver(on: told.desk))
        try told.say(
            FeedEntry(
                Self.one, .agents,
                Self.position {
                    $0.synced = Self.now
                    $0.snapshot = Self.now + .seconds(1)
                }))
        #expect(report.isOver(on: told.desk))
    }

    @Test("an answer to somebody else's order, or to a forged copy of this one, is none to this one")
    func foreignAnswers() throws {
        var told = Told()
        let reach = try Self.reach("eu1", "threats")
        let orders = try told.form().read(.sync, reach)
        let report = FeedReport(.sync, reach, by: "ada", orders: orders)
        try told.answer(SignedOrder(orders[0].order, signature: "AAAA"), refusal: "the signature is not")
        try told.answer(try told.form().read(.reconcile, reach)[0])
        #expect(!report.isAnswered(on: told.desk))
    }

    enum Ending: String, CaseIterable {
        case unheard, sent, refused, unread, pending, read, complete, repaired, gap, last
    }

    @Test("what was ordered and what came of it is told like this, with this exit code", arguments: Ending.allCases)
    func endings(ending: Ending) throws {
        var told = Told()
        let wish: FeedWish = [.complete, .repaired, .gap, .last].contains(ending) ? .reconcile : .sync
        let reach = try Self.reach("eu1", wish: wish)
        let orders = ending == .last ? [] : try told.form().read(wish, reach)
        var report = FeedReport(wish, reach, by: ending == .last ? nil : "ada", orders: orders)
        for stream in ObservedStream.allCases {
            try told.say(
                FeedEntry(
                    Self.one, stream,
                    Self.position(caughtUp: ending == .pending && stream == .groups ? nil : Self.now - .seconds(600)) {
                        if ending == .read || (ending == .pending && stream == .threats) { $0.synced = Self.now }
                        $0.snapshot = Self.now + .seconds(1)
                    }))
        }
        switch ending {
        case .unheard, .sent: break
        case .refused: try told.answer(orders[0], refusal: "the signature is not one of an approver named ada")
        case .unread:
            try told.answer(orders[0])
            try told.say(Self.status)
        case .pending: try told.answer(orders[0])
        case .read:
            try told.answer(orders[0])
            report.published = [FeedPlace(console: Self.one, stream: .threats): 3]
        case .complete, .repaired, .gap, .last:
            if let order = orders.first { try told.answer(order) }
            try told.say(
                FeedEntry(Self.one, .threats, Self.found()),
                FeedEntry(Self.one, .alerts, Self.found(counted: 0, shown: 0, hours: 0)))
            let worst =
                switch ending {
                case .repaired: Self.found(shown: 98, repaired: 2)
                case .gap, .last: Self.found(counted: 98, shown: 96, repaired: 1, open: 2, gone: 1)
                default: Self.found(shown: 99)  // an unreadable row
                }
            try told.say(FeedEntry(Self.one, .activities, worst))
        }
        let waits = ending != .sent && ending != .last
        let waited: (Duration, Duration)? = waits ? (.seconds(5), .seconds(60)) : nil
        let texts = [
            "exit \(report.exitCode(on: told.desk, waited: waits))\n",
            report.text(on: told.desk, waited: waited, paper: Paper()),
            report.json(on: told.desk, waited: waits),
        ]
        try Golden.expect(texts.joined(separator: "--\n"), is: "feed-\(ending.rawValue).txt")
        _ = try JSONSerialization.jsonObject(with: Data(texts[2].utf8))
    }

    /// One that does not show alerts.
    private static var status: ConsoleStatus {
        var status = ConsoleStatus(one, at: now)
        status.state = .working
        status.streams = [
            .init("threats"),
            .init(
                "alerts",
                off: .init(
                    kind: "licence", reason: "not\nlicensed", since: now, triedAgainAt: now + .seconds(900))),
        ]
        return status
    }

    @Test("a console that does not take the token is said once, and not waited for")
    func deadToken() throws {
        var told = Told()
        let reach = try Self.reach("eu1")
        let orders = try told.form().read(.sync, reach)
        let report = FeedReport(.sync, reach, by: "ada", orders: orders)
        try told.answer(orders[0])
        var status = ConsoleStatus(Self.one, at: Self.now)
        status.state = .failed(
            .init(
                since: Self.now, reason: "console eu1 answered 401", remedy: "make a new token",
                triedAgainAt: Self.now, stream: nil))
        try told.say(status)
        #expect(report.isOver(on: told.desk) && report.exitCode(on: told.desk, waited: true) == 1)
        let text = report.text(on: told.desk, waited: (.seconds(5), .seconds(60)), paper: Paper())
        #expect(text.contains("eu1 threats, alerts, activities, agents, groups: not read: console eu1 answered 401"))
        #expect(text.split(separator: "\n").filter { $0.contains("remedy: make a new token") }.count == 1)
    }

    @Test("of consoles that were never read there is nothing to show, and that is no failure")
    func never() throws {
        let told = Told()
        for wish in FeedWish.allCases {
            let report = FeedReport(wish, try Self.reach(wish: wish))
            #expect(report.exitCode(on: told.desk, waited: false) == 0)
            let text = report.text(on: told.desk, waited: nil, paper: Paper())
            #expect(text.contains(wish == .sync ? "not read yet" : "not compared yet"))
        }
    }
}
