package import Patterns
package import SentinelOne

/// Which records of one console are published. What is empty leaves nothing out.
package struct SieveSettings: Hashable, Sendable {
    /// The part of the console that is looked at, for every stream. What belongs to no site, as an account's activities
    /// do, is outside as soon as a site is listed.
    package var sites: [SiteID] = []
    package var threats = ThreatFilter()
    package var alerts = AlertFilter()
    package var activities = ActivityFilter()
    package var agents = AgentFilter()
    package var inventory = Inventory()

    package init() {}
}

/// Some places by id and by name, in any case of letters. Empty: all.
package struct Places: Hashable, Sendable {
    package let ids: Set<String>
    package let names: Set<String>

    /// What has 15 digits or more, and nothing else, is an id: nobody names a group so.
    package init(_ texts: [String] = []) {
        ids = Set(texts.filter(Self.isID))
        names = Set(texts.filter { !Self.isID($0) }.map { $0.lowercased() })
    }

    package static func isID(_ text: String) -> Bool {
        text.utf8.count >= 15 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    var isEmpty: Bool { ids.isEmpty && names.isEmpty }

    /// A row that tells neither cannot be judged, and passes.
    func admit(id: @autoclosure () -> String?, name: @autoclosure () -> String?) -> Bool {
        if isEmpty { return true }
        let (id, name) = (id(), name())
        if id == nil && name == nil { return true }
        return id.map(ids.contains) ?? false || name.map { names.contains($0.lowercased()) } ?? false
    }
}

/// Names that somebody wrote patterns for: one of `only` must occur, where there are any, and none of `except`.
package struct NamePatterns: Hashable, Sendable {
    package var only: [Pattern]
    package var except: [Pattern]

    package init(only: [Pattern] = [], except: [Pattern] = []) {
        self.only = only
        self.except = except
    }

    func admit(_ name: @autoclosure () -> String?) -> Bool {
        guard !only.isEmpty || !except.isEmpty, let name = name() else { return true }
        return (only.isEmpty || only.contains { $0.matches(name) }) && !except.contains { $0.matches(name) }
    }
}

package struct ThreatFilter: Hashable, Sendable {
    /// Only these; free text at the console, compared as `Classification.plain` has it.
    package var classifications: [String] = []
    package var exceptClassifications: [String] = []
    package var incidentStatuses: Set<IncidentStatus> = []
    package var analystVerdicts: Set<AnalystVerdict> = []
    package var confidence: Set<ConfidenceLevel> = []
    package var names = NamePatterns()
    package var sites = Places()
    package var groups = Places()

    package init() {}
}

/// An alert tells the id of its site, and of its group nothing.
package struct AlertFilter: Hashable, Sendable {
    package var rules = NamePatterns()
    package var severities: Set<AlertSeverity> = []
    package var incidentStatuses: Set<IncidentStatus> = []
    package var analystVerdicts: Set<AnalystVerdict> = []

    package init() {}
}

package struct ActivityFilter: Hashable, Sendable {
    package var types: Set<Int> = []
    package var exceptTypes: Set<Int> = []
    package var sites = Places()
    package var groups = Places()

    package init() {}
}

package struct AgentFilter: Hashable, Sendable {
    package struct Tag: Hashable, Sendable {
        package let key: String
        /// nil: any value.
        package let value: String?

        /// `key` or `key:value`.
        package init(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            key = String(parts[0])
            value = parts.count > 1 ? String(parts[1]) : nil
        }
    }

    package var sites = Places()
    package var groups = Places()
    /// One of them is enough.
    package var tags: [Tag] = []
    package var machineTypes: Set<MachineType> = []

    package init() {}
}

/// What becomes of endpoints: whether new ones are taken up, and whether those that were are kept up to date.
package struct Inventory: Hashable, Sendable {
    package var onboard = true
    package var update = true

    package init(onboard: Bool = true, update: Bool = true) {
        self.onboard = onboard
        self.update = update
    }
}
