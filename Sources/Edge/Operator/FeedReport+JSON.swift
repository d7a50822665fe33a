import ActionLedger
import Contracts
import Crypto
import Investigation
import JSONView
import Ports

// For scripts. `docket help json` lists the keys.
extension FeedReport {
    package func json(on desk: Desk, waited: Bool) -> String {
        let text = JSONText.object { root in
            root.append("verb", text: wish.rawValue)
            root.append("by", text: by)
            root.append("exit", integer: Int(exitCode(on: desk, waited: waited)))
            root.append(
                "orders",
                array: { (list: inout JSONArrayText) in
                    for console in reach.consoles {
                        guard let order = orders[console] else { continue }
                        let fate = desk.fate(of: order)
                        list.append(object: { one in
                            one.append("console", text: console.rawValue)
                            one.append("order", text: SHA256(of: order.order.text).hex)
                            one.append("fate", text: fate.word)
                            one.append("sentence", text: fate.sentence)
                            one.append("takenAt", time: desk.taken(order))
                        })
                    }
                })
            root.append(
                "streams",
                array: { (list: inout JSONArrayText) in
                    for place in reach.places { list.append(object: { fill(&$0, with: place, on: desk) }) }
                })
        }
        return (text.text ?? "") + "\n"
    }

    private func fill(_ object: inout JSONObjectText, with place: FeedPlace, on desk: Desk) {
        let progress = progress(of: place, on: desk)
        object.append("console", text: place.console.rawValue)
        object.append("stream", text: place.stream.rawValue)
        object.append("state", text: progress.word)
        if case .unread(let reason, let remedy) = progress {
            object.append("reason", text: reason)
            object.append("remedy", text: remedy)
        }
        switch wish {
        case .sync:
            let position = desk.feeds[place]?.position
            object.append("published", integer: published.map { $0[place] ?? 0 })
            object.append("readTo", time: position.flatMap { $0.watermark > .zero ? $0.watermark : nil })
            object.append("firstWalkAt", time: position?.caughtUp)
            object.append("wantedWalkAt", time: position?.synced)
        case .reconcile:
            // Of an earlier comparison nothing is told beside an order that is under way.
            let found = progress == .done ? desk.feeds[place]?.reconciled : nil
            object.append("at", time: found?.at)
            object.append("from", time: found?.from)
            object.append("to", time: found?.to)
            object.append("hours", integer: found?.hours)
            object.append("differing", integer: found?.differing)
            object.append("counted", integer: found?.counted)
            object.append("shown", integer: found?.shown)
            object.append("missing", integer: found?.missing)
            object.append("repaired", integer: found?.repaired)
            object.append("open", integer: found?.open)
            object.append("gone", integer: found?.gone)
        }
    }
}
