import ActionLedger
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
            return "records  \(list(records))\ncases    \(list(verdicts))\nactions  \(list(states))\n"
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
        }
        return (object.text ?? "") + "\n"
    }
}
