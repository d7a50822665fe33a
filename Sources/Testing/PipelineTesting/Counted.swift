package import Ports
import Synchronization

/// What was measured, as whoever reads it would see it: sums of counters, last values of gauges.
package final class Counted: Sendable {
    private let series = Mutex<[String: Double]>([:])

    package init() {}

    package var meters: Meters {
        Meters { [self] measure in
            series.withLock { series in
                let name = Self.name(measure.metric, measure.values)
                switch measure.change {
                case .add(let amount): series[name, default: 0] += amount
                case .set(let value): series[name] = value
                case .gone: series[name] = nil
                }
            }
        }
    }

    /// Of one series; nil where nothing was ever told of it, or nothing is any more.
    package subscript(_ metric: Metric, _ values: String...) -> Double? {
        series.withLock { $0[Self.name(metric, values)] }
    }

    private static func name(_ metric: Metric, _ values: [String]) -> String {
        ([metric.name] + values).joined(separator: " ")
    }
}
