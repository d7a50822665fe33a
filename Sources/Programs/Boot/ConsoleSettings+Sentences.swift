import Patterns
import SentinelOne
import Stages

extension ConsoleSettings {
    /// What of this console is published and how, one sentence for each part that is not left as it comes.
    package var sentences: [String] {
        filterSentences + [inventorySentence, redactionSentence, labelSentence, tenantSentence].compactMap { $0 }
    }

    private var filterSentences: [String] {
        let (threats, alerts) = (sieve.threats, sieve.alerts)
        let (activities, agents) = (sieve.activities, sieve.agents)
        let parts: [(String, [String?])] = [
            ("everything", [Self.only("sites", sieve.sites.map(\.digits))]),
            (
                "threats",
                [
                    Self.only("classifications", threats.classifications),
                    Self.except("classifications", threats.exceptClassifications), Self.names(threats.names, "names"),
                    Self.only("confidence", threats.confidence),
                    Self.only("incident statuses", threats.incidentStatuses),
                    Self.only("analyst verdicts", threats.analystVerdicts), Self.only("sites", threats.sites),
                    Self.only("groups", threats.groups),
                ]
            ),
            (
                "alerts",
                [
                    Self.names(alerts.rules, "rules"), Self.only("severities", alerts.severities),
                    Self.only("incident statuses", alerts.incidentStatuses),
                    Self.only("analyst verdicts", alerts.analystVerdicts),
                ]
            ),
            (
                "activities",
                [
                    Self.only("types", activities.types.sorted().map { String($0) }),
                    Self.except("types", activities.exceptTypes.sorted().map { String($0) }),
                    Self.only("sites", activities.sites), Self.only("groups", activities.groups),
                ]
            ),
            (
                "endpoints",
                [
                    Self.only("sites", agents.sites), Self.only("groups", agents.groups),
                    Self.only("tags", agents.tags.map { tag in tag.value.map { "\(tag.key):\($0)" } ?? tag.key }),
                    Self.only("machine types", agents.machineTypes),
                ]
            ),
        ]
        return parts.compactMap { stream, filters in
            let said = filters.compactMap { $0 }
            return said.isEmpty ? nil : "\(stream): \(said.joined(separator: "; "))"
        }
    }

    private var inventorySentence: String? {
        switch (sieve.inventory.onboard, sieve.inventory.update) {
        case (true, true): nil
        case (false, true): "endpoints: new ones are not taken up"
        case (true, false): "endpoints: each is published once and not kept up to date"
        case (false, false): "endpoints: none is published"
        }
    }

    private var redactionSentence: String? {
        redaction.fields.isEmpty ? nil : "overwritten: \(redaction.fields.joined(separator: ", "))"
    }

    private var labelSentence: String? {
        let labels = shaping.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return labels.isEmpty ? nil : "labels: \(labels.joined(separator: ", "))"
    }

    private var tenantSentence: String? {
        let (sites, tenants) = shaping.reach
        guard sites > 0 || shaping.fallback != nil else { return nil }
        let rest = shaping.fallback.map { "the rest belongs to \($0)" } ?? "the rest belongs to nobody"
        return "tenants: \(tenants), by \(sites) sites; \(rest)"
    }

    private static func only(_ what: String, _ words: [String]) -> String? {
        words.isEmpty ? nil : "only \(what) \(words.joined(separator: ", "))"
    }

    private static func only<Word: VendorWord>(_ what: String, _ words: Set<Word>) -> String? {
        only(what, words.map(\.rawValue).sorted())
    }

    private static func only(_ what: String, _ places: Places) -> String? {
        only(what, places.ids.sorted() + places.names.sorted())
    }

    private static func except(_ what: String, _ words: [String]) -> String? {
        words.isEmpty ? nil : "no \(what) \(words.joined(separator: ", "))"
    }

    private static func names(_ patterns: NamePatterns, _ what: String) -> String? {
        let said = [
            only("\(what) like", patterns.only.map(\.text)), except("\(what) like", patterns.except.map(\.text)),
        ]
        let sentence = said.compactMap { $0 }.joined(separator: "; ")
        return sentence.isEmpty ? nil : sentence
    }
}
