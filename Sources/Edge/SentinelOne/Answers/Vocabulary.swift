// The words that decisions are made of. The console may say others: see `VendorValue`.

package enum NetworkStatus: String, Sendable { case connected, disconnected, connecting, disconnecting }

package enum AnalystVerdict: String, Sendable {
    case undefined, suspicious
    case truePositive = "true_positive"
    case falsePositive = "false_positive"
}

package enum IncidentStatus: String, Sendable {
    case unresolved, resolved
    case inProgress = "in_progress"
}

package enum MitigationStatus: String, Sendable {
    case mitigated
    case notMitigated = "not_mitigated"
    case markedAsBenign = "marked_as_benign"
}

package enum ConfidenceLevel: String, Sendable {
    case malicious, suspicious
    case notAvailable = "n/a"
}

package enum AlertSeverity: String, Sendable {
    case low, medium, high, critical

    /// As filters and answers write it.
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
