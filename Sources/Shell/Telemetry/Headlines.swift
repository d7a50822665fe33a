package import Ports

/// The few numbers of a program that a person wants to see at once, grouped by one label, as one line:
///
///     eu1 12,345 published · 210 filtered · lag 3 s · 4.2 calls/s   us1 …
package struct Headlines: Sendable {
    package struct Item: Sendable {
        fileprivate enum Form { case count, rate, age }

        fileprivate let metric: Metric
        fileprivate let form: Form
        fileprivate let words: String

        /// The sum of its series.
        package static func count(_ metric: Metric, _ words: String) -> Item {
            Item(metric: metric, form: .count, words: words)
        }

        /// By how much the sum of its series grows in a second.
        package static func rate(_ metric: Metric, _ words: String) -> Item {
            Item(metric: metric, form: .rate, words: words)
        }

        /// The largest of its series, in seconds.
        package static func age(_ metric: Metric, _ words: String) -> Item {
            Item(metric: metric, form: .age, words: words)
        }
    }

    /// Over which time a rate is taken.
    private static let window = Duration.seconds(10)

    private let group: Metric.Label
    private let items: [Item]
    /// What the rates are told from, oldest first: in the beginning there was nothing.
    private var past: [(at: Duration, totals: [String: [Double?]])] = [(.zero, [:])]

    package init(by group: Metric.Label, _ items: [Item]) {
        self.group = group
        self.items = items
    }

    /// The line as it is now, by a clock that began at zero and only goes forward; empty while there is nothing to tell.
    package mutating func line(_ samples: [Sample], at now: Duration) -> String {
        let totals = totals(samples)
        // One older than the window stays, so that there is always something to compare with.
        while past.count > 1, now - past[1].at >= Self.window { past.removeFirst() }
        let before = past.first
        past.append((now, totals))
        return totals.keys.sorted().compactMap { name in
            let shown = items.indices.compactMap { index -> String? in
                guard let value = totals[name]?[index] else { return nil }
                let earlier = before.map { (at: $0.at, value: $0.totals[name]?[index] ?? 0) }
                return text(items[index], value, earlier, at: now)
            }
            return shown.isEmpty ? nil : name.printable(atMost: 40) + " " + shown.joined(separator: " · ")
        }.joined(separator: "   ")
    }

    /// Per group one number for each item; nil where nothing was told of it.
    private func totals(_ samples: [Sample]) -> [String: [Double?]] {
        var totals: [String: [Double?]] = [:]
        for (index, item) in items.enumerated() {
            guard let place = item.metric.labels.firstIndex(of: group) else { continue }
            for sample in samples where sample.metric == item.metric && !sample.values[place].isEmpty {
                let known = totals[sample.values[place], default: items.map { _ in nil }][index]
                let sum = item.form == .age ? max(known ?? sample.value, sample.value) : (known ?? 0) + sample.value
                totals[sample.values[place], default: items.map { _ in nil }][index] = sum
            }
        }
        return totals
    }

    private func text(
        _ item: Item, _ value: Double, _ earlier: (at: Duration, value: Double)?, at now: Duration
    ) -> String? {
        switch item.form {
        case .count: return "\(Self.grouped(value)) \(item.words)"
        case .age: return "\(item.words) \(Self.age(value))"
        case .rate:
            guard let earlier, now > earlier.at else { return nil }
            let rate = max(0, value - earlier.value) / ((now - earlier.at) / .seconds(1))
            let tenths = Int((min(rate, 1e9) * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) \(item.words)"
        }
    }

    /// `12,345`
    private static func grouped(_ value: Double) -> String {
        let digits = Array(String(Int64(max(0, min(value, 9e15)))))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private static func age(_ seconds: Double) -> String {
        let seconds = Int64(max(0, min(seconds, 9e15)))
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}

extension String {
    /// So much of it as fits into a line of a terminal, the last column left free: written there, a terminal may wrap.
    package func fitting(_ width: Int) -> String {
        count < width ? self : prefix(max(0, width - 2)) + "…"
    }
}
