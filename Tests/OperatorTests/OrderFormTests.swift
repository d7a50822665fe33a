import ActionLedger
import Crypto
import Foundation
import Investigation
import Operator
import Ports
import Samples
import Testing

@Suite("Order forms")
struct OrderFormTests {
    private func answer(_ order: SignedOrder, _ scene: Scene) throws -> [ConsoleLedgerEvent] {
        try #require(scene.desk.ledgers[Samples.console()]).decide(
            on: order, for: Samples.console(), context: try Scene.context(), at: Samples.now)
    }

    @Test("what is signed is what the ledger verifies")
    func genuine() throws {
        let scene = try Scene.waiting()
        let order = try scene.form().approve(Samples.actionID(), for: .seconds(3_600))
        guard case .action(_, .approved(by: "ada", _, _))? = try answer(order, scene).first else {
            Issue.record("not approved: \(try answer(order, scene))")
            return
        }
    }

    @Test("an approval signed for another deployment is refused by the ledger")
    func foreign() throws {
        let scene = try Scene.waiting()
        let order = try scene.form(deployment: "other").approve(Samples.actionID(), for: .seconds(3_600))
        guard case .orderRefused(_, _, reason: "signed for another deployment")? = try answer(order, scene).first else {
            Issue.record("not refused")
            return
        }
    }

    @Test("only what waits can be approved, only what waits can be rejected, only what happened can be undone")
    func states() throws {
        let waiting = try Scene.waiting()
        let confirmed = try Scene.confirmed()
        var open = try Scene.waiting()
        try open.tell(.approved(by: "ada", order: "0d", until: Samples.now), Samples.attempted())
        let id = Samples.actionID()
        #expect(throws: Never.self) { try waiting.form().reject(id, reason: "no") }
        #expect(throws: Never.self) { try waiting.form().undo(id, reason: "no") }
        #expect(throws: Never.self) { try confirmed.form().undo(id, reason: "no") }
        #expect(throws: Never.self) { try open.form().undo(id, reason: "no") }
        for scene in [confirmed, open, Scene()] {
            #expect(throws: Refusal.self) { try scene.form().approve(id, for: .seconds(60)) }
            #expect(throws: Refusal.self) { try scene.form().reject(id, reason: "no") }
        }
        var rejected = waiting
        try rejected.tell(.rejected(by: "ada", order: "0d", reason: "no"))
        #expect(throws: Refusal.self) { try rejected.form().undo(id, reason: "no") }
        #expect(throws: Refusal.self) { try waiting.form().resume("stop-1", reason: "no", consoles: []) }
    }

    @Test("a desk tells what became of an order: nothing yet, accepted, refused, a forgery included")
    func fates() throws {
        var scene = try Scene.waiting()
        let order = try scene.form().approve(Samples.actionID(), for: .seconds(3_600))
        #expect(scene.desk.fate(of: order) == .sent)
        let forged = SignedOrder(order.order, signature: "bm90IGEgc2lnbmF0dXJl")
        for event in try answer(forged, scene) { try scene.tell(event) }
        #expect(
            scene.desk.fate(of: forged) == .refused("the signature is not one of an approver named ada"))
        #expect(scene.desk.fate(of: order) == .sent)
        for event in try answer(order, scene) { try scene.tell(event) }
        guard case .accepted = scene.desk.fate(of: order) else {
            Issue.record("\(scene.desk.fate(of: order))")
            return
        }
    }

    @Test("a withdrawal answers the undo that asked for it")
    func withdrawal() throws {
        var scene = try Scene.waiting()
        let order = try scene.form().undo(Samples.actionID(), reason: "false alarm")
        for event in try answer(order, scene) { try scene.tell(event) }
        #expect(scene.desk.fate(of: order) == .accepted("withdrawn: undone by ada: false alarm"))
    }

    @Test("what was sent and what became of it is told like this")
    func dispatches() throws {
        var scene = try Scene.waiting()
        let order = try scene.form().approve(Samples.actionID(), for: .seconds(3_600))
        let dispatch = Dispatch("approve", of: Samples.actionID().rawValue, by: "ada", parts: [.order(order)])
        var texts = [dispatch.text(on: scene.desk, waited: 5, json: false)]
        texts.append(dispatch.text(on: scene.desk, waited: nil, json: false))
        texts.append(dispatch.text(on: scene.desk, waited: 5, json: true))
        for event in try answer(order, scene) { try scene.tell(event) }
        texts.append(dispatch.text(on: scene.desk, waited: 5, json: false))
        texts.append(dispatch.text(on: scene.desk, waited: 5, json: true))
        let stop = Samples.stop()
        let halt = Dispatch("stop", of: stop.id, by: stop.by, parts: [.stop(stop, Samples.console())])
        texts.append(halt.text(on: scene.desk, waited: 5, json: false))
        try scene.tell(.stopSeen(stop))
        texts.append(halt.text(on: scene.desk, waited: 5, json: false))
        texts.append(halt.text(on: scene.desk, waited: 5, json: true))
        try Golden.expect(texts.joined(separator: "--\n"), is: "dispatches.txt")
        for text in texts where text.hasPrefix("{") { _ = try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
}
