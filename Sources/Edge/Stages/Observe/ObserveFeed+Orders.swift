import ActionLedger
package import Contracts
import Investigation
package import Pipeline
package import Ports

// What people want read or compared at once.
extension ObserveFeed {
    package mutating func decide(
        on record: IncomingRecord, memory: FeedMemory, at now: Timestamp
    ) throws(Unreadable) -> Decision<FeedEntry>? {
        let signed = try catalogue.ordersConsoles.message(in: record)
        guard let wish = signed.order.demand.wish else { return nil }
        let console = signed.order.console
        // Under another key lies another console's memory, and an answer to everybody's word would fill the journal.
        guard record.key == Bytes(console.rawValue), keys.contains(Bytes(console.rawValue)) else {
            tell("sent to another console, or to one that is not in the settings", of: console)
            return .nothing
        }
        let name = orders.name(of: signed)
        guard memory.answer?.order != name else { return .nothing }
        let refusal = orders.refusal(of: signed, at: now) ?? refusal(of: wish.stream)
        let answer = FeedAnswer(
            order: name, wish.kind, of: wish.stream?.printable(atMost: Self.shown),
            by: signed.order.by.printable(atMost: Self.shown), at: now,
            refusal: refusal?.printable(atMost: 4 * Self.shown))
        if let refusal { tell(refusal, of: console) }
        return Decision(entries: [FeedEntry(console, answer)] + (refusal == nil ? follow(answer, console, memory) : []))
    }

    /// What strangers wrote is not kept whole: an entry that is too large would stop the loop.
    private static var shown: Int { 100 }

    private func tell(_ refusal: String, of console: ConsoleID) {
        signals.warning("order.refused", [.console: .name(console), .errorDetail: .text(refusal)])
    }

    private func refusal(of stream: String?) -> String? {
        guard let stream, !streams.contains(where: { $0.rawValue == stream }) else { return nil }
        return "ingest reads no stream \(stream): the settings that it runs with say so"
    }

    /// One that was never read is read in any case, and remembers that it was wanted.
    private func follow(_ answer: FeedAnswer, _ console: ConsoleID, _ memory: FeedMemory) -> [FeedEntry] {
        streams.filter(answer.isAbout).flatMap { stream -> [FeedEntry] in
            guard var position = memory[stream].position else { return [] }
            var changes: [FeedEntry.Change] = []
            switch answer.wish {
            case .sync: position.syncWanted = answer.at
            case .reconcile:
                guard stream.isCounted else { return [] }
                position.reconciliationWanted = answer.at
                let place = Place(console: console, stream: stream)
                let work = Reconciliation(position, lanes[place], settings, of: stream, at: answer.at)
                if position.caughtUp != nil, let nothing = work.nothing {
                    position.reconciled = answer.at
                    changes.append(.reconciled(nothing))
                }
            }
            return (changes + [.position(position)]).map { FeedEntry(console, stream, $0) }
        }
    }
}

extension Order.Demand {
    fileprivate var wish: (kind: FeedWish, stream: String?)? {
        switch self {
        case .sync(let stream): (.sync, stream)
        case .reconcile(let stream): (.reconcile, stream)
        case .approve, .reject, .undo, .resume: nil
        }
    }
}
