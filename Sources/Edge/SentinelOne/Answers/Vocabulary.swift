// The words that decisions are made of. The console may say others: see `VendorValue`.

/// A word of the console's, which its routes spell differently: `In progress`, `in_progress`, `IN_PROGRESS`.
package protocol VendorWord: CaseIterable, Hashable, RawRepresentable, Sendable where RawValue == String {}

extension VendorWord {
    /// nil for a word that we do not know.
    package init?(spelled text: String) {
        let plain = Self.plain(text)
        guard let word = Self.allCases.first(where: { Self.plain($0.rawValue) == plain }) else { return nil }
        self = word
    }

    /// Letters' case, and what parts the words, say nothing.
    package static func plain(_ text: String) -> String {
        text.lowercased().replacing("_", with: " ").replacing("-", with: " ")
    }
}

package enum NetworkStatus: String, Sendable { case connected, disconnected, connecting, disconnecting }

package enum AnalystVerdict: String, VendorWord {
    case undefined, suspicious
    case truePositive = "true_positive"
    case falsePositive = "false_positive"
}

package enum IncidentStatus: String, VendorWord {
    case unresolved, resolved
    case inProgress = "in_progress"
}

package enum MitigationStatus: String, Sendable {
    case mitigated
    case notMitigated = "not_mitigated"
    case markedAsBenign = "marked_as_benign"
}

package enum ConfidenceLevel: String, VendorWord {
    case malicious, suspicious
    case notAvailable = "n/a"
}

package enum AlertSeverity: String, VendorWord {
    case low, medium, high, critical

    /// As filters and answers write it.
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

package enum MachineType: String, VendorWord {
    case unknown, desktop, laptop, server, storage
    case kubernetesNode = "kubernetes node"
    case kubernetesPod = "kubernetes pod"
}

/// What threats were seen to be classified as, as the console spells it. It may use others.
package enum Classification: String, VendorWord {
    case malware = "Malware"
    case trojan = "Trojan"
    case ransomware = "Ransomware"
    case unwanted = "PUA"
    case virus = "Virus"
    case worm = "Worm"
    case exploit = "Exploit"
    case infostealer = "Infostealer"
    case hacktool = "Hacktool"
    case cryptominer = "Cryptominer"
    case backdoor = "Backdoor"
    case general = "General"
    case lateralMovement = "Lateral Movement"
    case manual = "Manual"
    case applicationControl = "Application Control"
    case interactiveShell = "Interactive Shell"
    case macMalware = "OSX.Malware"
    case linuxMalware = "Linux.Malware"
    case benign = "Benign"
    case unknown = "Unknown"
}
