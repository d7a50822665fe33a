/// One change of one series: what is counted or shown, of whom, and by how much.
///
/// A value, so that whoever decides can say what is to be counted without counting it: a decision that is undone and
/// made again must not count twice.
package struct Measure: Sendable, Hashable {
    package enum Change: Sendable, Hashable {
        /// Of a counter, and never less than nothing; of a gauge also less.
        case add(Double)
        /// Of a gauge.
        case set(Double)
        /// Nobody here knows a gauge any more: it is not shown until it is set again.
        case gone
    }

    package let metric: Metric
    package let change: Change
    /// What is measured, in the order of the metric's labels; empty text where nobody said.
    package private(set) var values: [String]

    /// The metric must have these labels. Which values there may be is for the settings or an enumeration to say: text
    /// from outside would make a new series each time.
    package init(_ metric: Metric, _ change: Change, _ labels: KeyValuePairs<Metric.Label, String> = [:]) {
        self.metric = metric
        self.change = change
        let declared = metric.labels
        values = [String](repeating: "", count: declared.count)
        for (label, value) in labels {
            guard let index = declared.firstIndex(of: label) else {
                assertionFailure("\(metric.name) is not told by \(label)")
                continue
            }
            values[index] = value
        }
    }

    /// The same, with the labels that the metric has and nobody has given a value yet.
    package func adding(_ context: [(label: Metric.Label, value: String)]) -> Measure {
        guard values.contains("") else { return self }
        let declared = metric.labels
        var measure = self
        for (label, value) in context {
            guard let index = declared.firstIndex(of: label), values[index].isEmpty else { continue }
            measure.values[index] = value
        }
        return measure
    }

    /// The same series, not shown any more.
    package var gone: Measure { Measure(self, .gone) }

    private init(_ other: Measure, _ change: Change) {
        metric = other.metric
        values = other.values
        self.change = change
    }
}

extension Measure.Change {
    package static var one: Measure.Change { .add(1) }
    package static func add(_ count: Int) -> Measure.Change { .add(Double(count)) }
    package static func set(_ count: Int) -> Measure.Change { .set(Double(count)) }
    /// 1 for what is so, 0 for what is not.
    package static func set(_ flag: Bool) -> Measure.Change { .set(flag ? 1.0 : 0.0) }
    /// In seconds, as every time in a metric is.
    package static func set(_ duration: Duration) -> Measure.Change { .set(duration / .seconds(1)) }
    /// In seconds since 1970.
    package static func set(_ moment: Timestamp) -> Measure.Change { .set(Double(moment.microseconds) / 1_000_000) }
}

/// Where measures go: a value that is handed, beside `Signals`, to whoever has something to count.
package struct Meters: Sendable {
    package let tell: @Sendable (Measure) -> Void

    package init(tell: @escaping @Sendable (Measure) -> Void) { self.tell = tell }

    package static let none = Meters { _ in }

    /// The same, with these labels for every measure whose metric has them and that does not say them itself.
    package func adding(_ context: KeyValuePairs<Metric.Label, String>) -> Meters {
        let context = context.map { (label: $0.key, value: $0.value) }
        return Meters { [tell] in tell($0.adding(context)) }
    }

    package func tell(
        _ metric: Metric, _ change: Measure.Change, _ labels: KeyValuePairs<Metric.Label, String> = [:]
    ) {
        tell(Measure(metric, change, labels))
    }
}
