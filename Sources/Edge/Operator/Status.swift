import ActionLedger
import Contracts
import Investigation
import JSONView
import Ports

/// The counts that tell at a glance whether a deployment works.
package struct Status {
    private let desk: Desk
    private let records: [(name: String, count: Int)]

    /// `records` per topic, with the prefix that the names begin with.
    package init(desk: Desk, records: [String: Int], prefix: String) {
        self.desk = desk
        self.records = records.map { (String($0.key.dropFirst(prefix.count)), $0.value) }.sorted { $0.0 < $1.0 }
    }

    private var verdicts: [(name: String, count: Int)] {
        Self.counted(desk.cases.values.map { $0.summary.verdict?.rawValue ?? "none" })
    }

    private var states: [(name: String, count: Int)] { Self.counted(desk.actions.map(\.state.rawValue)) }

    private static func counted(_ words: [String]) -> [(name: String, count: Int)] {
        Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    package func text(json: Bool) -> String {
        guard json else {
            func list(_ counts: [(name: String, count: Int)]) -> String {
                counts.isEmpty ? "none" : counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
            }
            let consoles = desk.consoles.values.sorted { $0.console.rawValue < $1.console.rawValue }.map {
                "console  \($0.sentence)\n"
            }
            return "records  \(list(records))\ncases    \(list(verdicts))\nactions  \(list(states))\n"
                + consoles.joined()
        }
        let object = JSONText.object { object in
            func append(_ name: String, _ counts: [(name: String, count: Int)]) {
                object.append(
                    name, object: { inner in for one in counts { inner.append(one.name, integer: one.count) } })
            }
            append("records", records)
            object.append("cases", integer: desk.cases.count)
            append("verdicts", verdicts)
            append("actions", states)
            object.append("stops", integer: desk.activeStops.count)
            object.append(
                "consoles",
                array: { (list: inout JSONArrayText) in
                    for status in desk.consoles.values.sorted(by: { $0.console.rawValue < $1.console.rawValue }) {
                        list.append(object: { status.fill(&$0) })
                    }
                })
        }
        return (object.text ?? "") + "\n"
    }
}

extension ConsoleStatus {
    /// For people, on one line.
    fileprivate var sentence: String {
        var parts: [String] = []
        switch state {
        case .untried: parts.append("nothing heard yet")
        case .working: parts.append("working")
        case .failed(let failure): parts.append("failed since \(failure.since): \(failure.reason); \(failure.remedy)")
        }
        if let end = token.expiresAt { parts.append("token ends at \(end)") }
        for stream in streams {
            guard let off = stream.off else { continue }
            parts.append("\(stream.name) off since \(off.since): \(off.reason)")
        }
        return Cell("\(console): \(parts.joined(separator: ", ")) (as of \(at))").text
    }

    fileprivate func fill(_ object: inout JSONObjectText) {
        object.append("console", text: console.rawValue)
        object.append("at", time: at)
        switch state {
        case .untried: object.append("state", text: "untried")
        case .working: object.append("state", text: "working")
        case .failed(let failure):
            object.append("state", text: "failed")
            object.append("reason", text: failure.reason)
        }
        object.append("user", text: token.name ?? token.user)
        object.append("expiresAt", time: token.expiresAt)
        object.append(
            "off",
            array: { (list: inout JSONArrayText) in
                for stream in streams {
                    guard let off = stream.off else { continue }
                    list.append(object: { item in
                        item.append("stream", text: stream.name)
                        item.append("kind", text: off.kind)
                        item.append("reason", text: off.reason)
                        item.append("since", time: off.since)
                    })
                }
            })
    }
}
