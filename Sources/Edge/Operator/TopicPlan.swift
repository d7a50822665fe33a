package import Contracts
package import Ports

/// What must be done so that a cluster has the topics of the catalogue, and what must be left to a person. Nothing that
/// takes anything away is ever planned: no deletion, no other number of partitions.
package struct TopicPlan: Sendable {
    /// A topic of the catalogue beside what the cluster has of it.
    package struct Line: Sendable {
        package enum State: String, Sendable { case present, missing, differs }

        package let declaration: TopicDeclaration
        package let found: TopicFound?
        package let state: State
    }

    /// Something about one topic or several that is not as planned.
    package struct Finding: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            /// Endangers what Docket promises; `apply` sets it right.
            case correct
            /// Endangers what Docket promises; a person must set it right.
            case refuse
            /// Endangers nothing that was promised.
            case note
        }

        package internal(set) var topics: [String]
        package let kind: Kind
        package let sentence: String
        /// What to do about it; nil where the setting says it.
        var remedy: String?
        /// What to set, where setting something is the remedy.
        var setting: TopicSetting?
        var value: String?
        /// Whether nothing at all may be done before this is set right.
        var isBlocking = false
    }

    /// A setting that `apply` changes.
    package struct Correction: Sendable {
        package let topic: String
        package let found: TopicFound
        package let settings: [TopicSetting: String]
    }

    package let lines: [Line]
    package let findings: [Finding]
    package let creations: [TopicDeclaration]
    package let copies: Int?

    /// Copies: how many each new topic gets; nil leaves it to the brokers.
    package init(_ catalogue: Catalogue, found: [String: TopicFound], copies: Int? = nil) {
        let entries = catalogue.entries
        let counts = PartitionCounts(entries, found: found)
        var merged: [Finding] = counts.findings
        for entry in entries {
            guard let topic = found[entry.declaration.name] else { continue }
            for finding in TopicRules(entry.declaration, topic).findings { merged.merge(finding) }
        }
        findings = merged.sorted { $0.kind.rank < $1.kind.rank }
        let differing = Set(merged.filter { $0.kind != .note }.flatMap(\.topics))
        lines = entries.map { entry in
            let found = found[entry.declaration.name]
            return Line(
                declaration: entry.declaration, found: found,
                state: found == nil ? .missing : differing.contains(entry.declaration.name) ? .differs : .present)
        }
        self.copies = copies
        // Beside topics whose counts are wrong, new ones would be wrong in another way.
        creations =
            counts.findings.isEmpty
            ? lines.filter { $0.state == .missing }.map { $0.declaration.inSync(copies) } : []
    }

    package var corrections: [Correction] {
        if findings.contains(where: \.isBlocking) { return [] }
        return lines.compactMap { line in
            let wanted = findings.filter { $0.kind == .correct && $0.topics.contains(line.declaration.name) }
            guard let found = line.found, !wanted.isEmpty else { return nil }
            let settings = wanted.compactMap { finding in
                finding.setting.flatMap { name in finding.value.map { (name, $0) } }
            }
            return Correction(topic: line.declaration.name, found: found, settings: Dictionary(settings) { $1 })
        }
    }

    package var refusals: [Finding] { findings.filter { $0.kind == .refuse } }

    /// For scripts: 0 nothing to do, 1 something that `apply` refuses, 2 something that `apply` does.
    package var exitCode: Int32 {
        if !refusals.isEmpty { return Complaint.Kind.refused.rawValue }
        return creations.isEmpty && corrections.isEmpty ? 0 : Self.pending
    }

    static let pending: Int32 = 2
}

extension TopicPlan.Finding {
    /// What a person runs, one line per topic, where the remedy is a setting.
    var commands: [String] {
        guard let setting, let value else { return [] }
        return topics.map {
            "kafka-configs --bootstrap-server \"$BOOTSTRAP\" --alter --entity-type topics --entity-name \($0) "
                + "--add-config \(setting.rawValue)=\(value)"
        }
    }
}

extension TopicPlan.Finding.Kind {
    fileprivate var rank: Int {
        switch self {
        case .refuse: 0
        case .correct: 1
        case .note: 2
        }
    }
}

extension [TopicPlan.Finding] {
    /// The same about several topics is said once.
    fileprivate mutating func merge(_ finding: TopicPlan.Finding) {
        let known = firstIndex {
            $0.kind == finding.kind && $0.sentence == finding.sentence && $0.setting == finding.setting
                && $0.value == finding.value
        }
        if let known {
            self[known].topics += finding.topics
        } else {
            append(finding)
        }
    }
}

extension TopicDeclaration {
    /// With so many copies: what is acknowledged survives the loss of a broker, and one that is away stops nobody.
    fileprivate func inSync(_ copies: Int?) -> TopicDeclaration {
        guard let copies else { return self }
        return TopicDeclaration(
            name, partitions: partitions, kind: kind,
            settings: settings.merging([.copiesInSync: copies >= 3 ? "2" : "1"]) { $1 })
    }
}

/// Topics with one key must have one number of partitions, and that of the settings.
struct PartitionCounts {
    private static let remedy = """
        docket never adds partitions and Kafka never takes any away: set topics.partitions to what the topics have, or \
        begin anew under another topics.prefix
        """

    let findings: [TopicPlan.Finding]

    init(_ entries: [Catalogue.Entry], found: [String: TopicFound]) {
        var findings: [TopicPlan.Finding] = []
        var keys: [String] = []
        for entry in entries where !keys.contains(entry.key) { keys.append(entry.key) }
        for key in keys {
            let group = entries.filter { $0.key == key }.map(\.declaration)
            let counts = group.compactMap { topic in found[topic.name].map { (topic.name, $0.partitions) } }
            guard let declared = group.first?.partitions, counts.contains(where: { $0.1 != declared }) else { continue }
            let told = Set(counts.map(\.1)).sorted().map { count in
                "\(count) on " + counts.filter { $0.1 == count }.map(\.0).joined(separator: ", ")
            }
            findings.append(
                TopicPlan.Finding(
                    topics: counts.filter { $0.1 != declared }.map(\.0), kind: .refuse,
                    sentence: "topics whose key is \(key) must have \(declared) partitions, and have "
                        + told.joined(separator: "; "), remedy: Self.remedy, isBlocking: true))
        }
        self.findings = findings
    }
}
