package import Ports

/// Samples as text: OpenMetrics 1.0 for whoever asks for it, else the older format that every Prometheus reads.
package enum Exposition: Sendable, Equatable {
    case openMetrics, plain

    /// What the client's `Accept` header prefers.
    package init(accepting header: String?) {
        let wanted = (header ?? "").lowercased().split(separator: ",").contains { part in
            let words = part.split(separator: ";").map { $0.filter { $0 != " " } }
            return words.first == "application/openmetrics-text" && !words.contains { $0 == "q=0" || $0 == "q=0.0" }
        }
        self = wanted ? .openMetrics : .plain
    }

    package var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .plain: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    /// Every metric with its type, unit and help, whether there is a sample of it or not.
    package func text(_ samples: [Sample]) -> String {
        let byMetric = Dictionary(grouping: samples, by: \.metric)
        var text = ""
        for metric in Metric.allCases {
            let name = metric.sampleName
            let family = self == .openMetrics ? metric.name : name
            text += "# TYPE \(family) \(metric.kind.rawValue)\n"
            if self == .openMetrics, let unit = metric.unit { text += "# UNIT \(family) \(unit.rawValue)\n" }
            text += "# HELP \(family) \(escaped(metric.help, quotes: self == .openMetrics))\n"
            for sample in byMetric[metric] ?? [] {
                text += "\(name)\(labels(sample)) \(number(sample.value))\n"
            }
        }
        return self == .openMetrics ? text + "# EOF\n" : text
    }

    /// An empty value is the same as no label.
    private func labels(_ sample: Sample) -> String {
        let pairs = zip(sample.metric.labels, sample.values).filter { !$0.1.isEmpty }
            .map { "\($0.rawValue)=\"\(escaped($1, quotes: true))\"" }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 9e15 ? String(Int64(value)) : String(value)
    }
}

extension Metric {
    /// The name of its samples.
    package var sampleName: String { kind == .counter ? name + "_total" : name }
}
