/// All cases of one subject: what investigate remembers per key.
package struct Cases: Equatable, Sendable {
    package private(set) var byID: [CaseID: Investigation] = [:]

    package init() {}

    /// The case that a threat belongs to: the one that has it, else an open one that shares its storyline or its
    /// file, else a new one named after it.
    package func home(of threat: ThreatFacts, console: ConsoleID) -> CaseID {
        let candidates = byID.sorted { $0.key < $1.key }
        if let known = candidates.first(where: { $0.value.threats[threat.id] != nil }) { return known.key }
        let related = candidates.first { $0.value.status == .open && $0.value.isRelated(to: threat) }
        return related?.key ?? CaseID(console: console, first: threat.id)
    }

    package subscript(id: CaseID) -> Investigation { byID[id] ?? Investigation() }

    package mutating func apply(_ event: Investigation.Event, to id: CaseID) {
        byID[id, default: Investigation()].apply(event)
    }
}

extension Investigation {
    fileprivate func isRelated(to threat: ThreatFacts) -> Bool {
        threats.values.contains {
            (!threat.storyline.isEmpty && $0.storyline == threat.storyline)
                || (!threat.contentHash.isEmpty && $0.contentHash == threat.contentHash)
        }
    }
}

/// The state of a case in one line: travels with each of its events, so that a reader needs no fold to act on it.
package struct CaseSummary: Equatable, Sendable {
    package let id: CaseID
    package let subject: Subject
    package let status: Investigation.Status
    package let generation: Int
    package let verdict: Verdict?
    package let endpoint: EndpointFacts?
    package let threats: [String]

    package init(
        id: CaseID, subject: Subject, status: Investigation.Status, generation: Int, verdict: Verdict?,
        endpoint: EndpointFacts?, threats: [String]
    ) {
        self.id = id
        self.subject = subject
        self.status = status
        self.generation = generation
        self.verdict = verdict
        self.endpoint = endpoint
        self.threats = threats
    }

    package init(of investigation: Investigation, id: CaseID, subject: Subject) {
        self.init(
            id: id, subject: subject, status: investigation.status, generation: investigation.generation,
            verdict: investigation.verdict, endpoint: investigation.endpoint,
            threats: investigation.threats.keys.sorted())
    }
}
