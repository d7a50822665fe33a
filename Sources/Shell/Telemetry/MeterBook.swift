package import Ports
import Synchronization

/// One series as it stands.
package struct Sample: Sendable, Equatable {
    package let metric: Metric
    /// In the order of the metric's labels.
    package let values: [String]
    package let value: Double

    package init(_ metric: Metric, _ values: [String] = [], _ value: Double) {
        self.metric = metric
        self.values = values
        self.value = value
    }
}

/// All series of a program. Counters only grow and gauges come and go; what would make more series of one metric than
/// there is room for is put together under `other`, so that no flood of names fills the memory.
package final class MeterBook: Sendable {
    private struct Series: Hashable {
        let metric: Metric
        let values: [String]
    }

    private struct Pages {
        var series: [Series: Double] = [:]
        /// How many each metric has.
        var counts: [Metric: Int] = [:]
    }

    /// Of one metric: enough for a hundred consoles with twenty streams each.
    package static let standardLimit = 2_000
    package static let other = "other"

    private let limit: Int
    private let pages = Mutex(Pages())

    package init(seriesLimit: Int = MeterBook.standardLimit) { limit = seriesLimit }

    /// Where this program's measures go.
    package var meters: Meters { Meters { [self] in note($0) } }

    /// Every series, by metric and labels.
    package var samples: [Sample] {
        let all = pages.withLock { $0.series }
        return all.map { Sample($0.key.metric, $0.key.values, $0.value) }.sorted {
            $0.metric == $1.metric
                ? $0.values.lexicographicallyPrecedes($1.values) : $0.metric.name < $1.metric.name
        }
    }

    /// Of one series; nil where there is none.
    package func value(_ metric: Metric, _ values: [String]) -> Double? {
        pages.withLock { $0.series[Series(metric: metric, values: values)] }
    }

    private func note(_ measure: Measure) {
        let series = Series(metric: measure.metric, values: measure.values)
        switch (measure.change, measure.metric.kind) {
        // A counter that fell would be taken for one that began anew.
        case (.add(let amount), .counter) where amount >= 0 && amount.isFinite: change(series) { $0 += amount }
        case (.add(let amount), .gauge) where amount.isFinite: change(series) { $0 += amount }
        case (.set(let value), .gauge) where value.isFinite: change(series) { $0 = value }
        case (.gone, .gauge): forget(series)
        case (.add, _), (.set, _), (.gone, .counter): break
        }
    }

    private func change(_ series: Series, _ change: (inout Double) -> Void) {
        pages.withLock { pages in
            if let index = pages.series.index(forKey: series) {
                change(&pages.series.values[index])
            } else if pages.counts[series.metric, default: 0] < limit {
                pages.counts[series.metric, default: 0] += 1
                change(&pages.series[series, default: 0])
            } else {
                let other = series.values.map { _ in Self.other }
                change(&pages.series[Series(metric: series.metric, values: other), default: 0])
                pages.series[Series(metric: .seriesLeftOut, values: [series.metric.name]), default: 0] += 1
            }
        }
    }

    private func forget(_ series: Series) {
        pages.withLock { pages in
            if pages.series.removeValue(forKey: series) != nil { pages.counts[series.metric, default: 1] -= 1 }
        }
    }
}

extension Telemetry {
    /// The events told so far, as samples.
    package var samples: [Sample] { told.map { Sample(.events, [$0.event, $0.level.rawValue], Double($0.count)) } }
}
