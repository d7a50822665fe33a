/// The first plain verdict rule: evidence is weighed, and no single source makes an attack.
///
/// Engine severity alone never makes *malicious*: it needs a second, independent kind of evidence. An analyst at
/// SentinelOne decides, whatever the engines say. What is a known test file is a benign test.
package enum Assessment {
    static let maliciousFrom = 4
    static let suspiciousFrom = 2
    static let benignFrom = -2

    /// All the evidence one version of a threat holds, in the order of the rules.
    package static func evidence(in threat: ThreatFacts, event: String) -> [Evidence] {
        func found(_ kind: String, _ weight: Int, _ sentence: String, _ field: String) -> Evidence {
            Evidence(
                kind: kind, threat: threat.id, weight: weight, sentence: sentence,
                provenance: Provenance(event: event, field: field))
        }
        var evidence: [Evidence] = []
        switch threat.analystVerdict {
        case "false_positive":
            evidence.append(
                found(
                    "analyst-false-positive", -100, "an analyst at SentinelOne called it a false positive",
                    "threatInfo.analystVerdict"))
        case "true_positive":
            evidence.append(
                found(
                    "analyst-true-positive", 100, "an analyst at SentinelOne called it a true positive",
                    "threatInfo.analystVerdict"))
        default: break  // text of the vendor's: undefined, suspicious or a value of tomorrow
        }
        if isKnownTest(threat) {
            evidence.append(found("known-test", -50, "it is the EICAR test file", "threatInfo.sha1"))
        }
        if threat.signed {
            evidence.append(
                found("valid-signature", -2, "the file carries a valid signature", "threatInfo.fileVerificationType"))
        }
        if threat.confidence == "malicious" {
            evidence.append(
                found(
                    "engine-malicious", 2, "SentinelOne's engines are confident that it is malicious",
                    "threatInfo.confidenceLevel"))
        } else if threat.confidence == "suspicious" {
            evidence.append(
                found(
                    "engine-suspicious", 1, "SentinelOne's engines find it suspicious",
                    "threatInfo.confidenceLevel"))
        }
        if threat.hashVerdict == "black" {
            evidence.append(
                found(
                    "hash-known-bad", 3, "the file's hash is known as malicious in the cloud",
                    "threatInfo.cloudFilesHashVerdict"))
        }
        if threat.indicators > 0 {
            evidence.append(
                found("behaviour", 2, "\(threat.indicators) behavioural indicator(s) were seen", "indicators"))
        }
        return evidence
    }

    /// The verdict that the evidence allows, and what it rests on, contradicting evidence first.
    ///
    /// Each threat is judged by its own evidence and the case by its worst threat: clearing one threat must not hide
    /// another, not even one that no rule says anything about.
    package static func verdict(
        on evidence: [Evidence], of threats: [String] = []
    ) -> (verdict: Verdict, because: [Evidence]) {
        let ordered = evidence.sorted { ($0.weight, $0.kind, $0.threat) < ($1.weight, $1.kind, $1.threat) }
        let byThreat = Dictionary(grouping: evidence, by: \.threat)
        let judged = Set(threats).union(byThreat.keys).map { verdict(onOneThreat: byThreat[$0] ?? []) }
        let worst = [Verdict.malicious, .suspicious, .inconclusive].first(where: judged.contains)
        return (worst ?? (judged.isEmpty ? .inconclusive : .benign), ordered)
    }

    private static func verdict(onOneThreat evidence: [Evidence]) -> Verdict {
        let score = evidence.reduce(0) { $0 + $1.weight }
        let kindsFor = Set(evidence.filter { $0.weight > 0 }.map(\.kind))
        if score >= maliciousFrom && (kindsFor.count >= 2 || kindsFor.contains("analyst-true-positive")) {
            return .malicious
        }
        if score >= suspiciousFrom { return .suspicious }
        return score <= benignFrom ? .benign : .inconclusive
    }

    private static func isKnownTest(_ threat: ThreatFacts) -> Bool {
        threat.contentHash == "3395856ce81f2b7382dee72602f798b642f14140"  // SHA-1 of the 68 EICAR bytes
    }
}
