import Patterns
import Ports
import SentinelOne
import Stages

// What of a console is published, and how: the keys `filters`, `inventory`, `labels`, `tenants` and `redact`.

extension SieveSettings {
    init(filters section: inout SettingsSection) {
        self.init()
        sites = section.values("sites", count: 0...ExactTargets<Sites>.limit, Reading.site)
        threats = section.section("threats", ThreatFilter.init)
        alerts = section.section("alerts", AlertFilter.init)
        activities = section.section("activities", ActivityFilter.init)
        agents = section.section("agents", AgentFilter.init)
    }
}

extension Inventory {
    init(_ section: inout SettingsSection) {
        self.init(
            onboard: section.flag("onboard", default: true), update: section.flag("update", default: true))
    }
}

extension ThreatFilter {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        classifications = section.values("classifications", count: 0...50, Reading.classification)
        exceptClassifications = section.values("except-classifications", count: 0...50, Reading.classification)
        incidentStatuses = Set(section.values("incident-statuses", count: 0...10, Reading.word))
        analystVerdicts = Set(section.values("analyst-verdicts", count: 0...10, Reading.word))
        confidence = Set(section.values("confidence", count: 0...10, Reading.word))
        names = NamePatterns(&section, "names")
        sites = Places(section.values("sites", count: 0...500, Reading.name))
        groups = Places(section.values("groups", count: 0...500, Reading.name))
    }
}

extension AlertFilter {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        rules = NamePatterns(&section, "rules")
        severities = Set(section.values("severities", count: 0...10, Reading.word))
        incidentStatuses = Set(section.values("incident-statuses", count: 0...10, Reading.word))
        analystVerdicts = Set(section.values("analyst-verdicts", count: 0...10, Reading.word))
    }
}

extension ActivityFilter {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        types = Set(section.values("types", count: 0...1_000, Reading.type))
        exceptTypes = Set(section.values("except-types", count: 0...1_000, Reading.type))
        sites = Places(section.values("sites", count: 0...500, Reading.name))
        groups = Places(section.values("groups", count: 0...500, Reading.name))
    }
}

extension AgentFilter {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        sites = Places(section.values("sites", count: 0...500, Reading.name))
        groups = Places(section.values("groups", count: 0...500, Reading.name))
        tags = section.values("tags", count: 0...100, Reading.tag)
        machineTypes = Set(section.values("machine-types", count: 0...10, Reading.word))
    }
}

extension NamePatterns {
    fileprivate init(_ section: inout SettingsSection, _ key: String) {
        self.init(
            only: section.values(key, count: 0...100, Reading.pattern),
            except: section.values("except-\(key)", count: 0...100, Reading.pattern))
    }
}

extension Redaction {
    /// Of the streams that can be named, each with its list of paths.
    init(_ section: inout SettingsSection) {
        var paths: [VendorStream: [RedactionPath]] = [:]
        for stream in [VendorStream.threats, .alerts, .activities, .agents, .groups] {
            paths[stream] = section.values(stream.rawValue, count: 0...100) { (text: String) throws(UnfitText) in
                guard let path = RedactionPath(text) else {
                    throw UnfitText(expecting: "names with dots between them, as in networkInterfaces[].physical")
                }
                if let field = Redaction.conflict(of: path, in: stream) {
                    throw UnfitText(expecting: "a path that leaves \(field) readable: Docket goes by it")
                }
                return path
            }
        }
        self.init(paths)
    }
}

extension Shaping {
    /// Reads `labels`, `tenants` and `default-tenant` of a console.
    init(_ section: inout SettingsSection) {
        let labels = section.pairs(
            "labels", atMost: 16,
            expecting: "a name of 1 to 32 lower-case letters, digits and dashes, and 1 to 256 characters of ASCII"
        ) { name, text in
            Reading.isName(name) && (1...256).contains(text.utf8.count)
                && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        }
        var tenants: [SiteID: String] = [:]
        var twice: SiteID?
        _ = section.list("tenants", count: 0...1_000) { section in
            let name = Reading.tenant(&section, "name")
            for site in section.values("sites", count: 1...500, Reading.site) {
                if tenants.updateValue(name, forKey: site) != nil { twice = site }
            }
        }
        if let twice { section.refuse("the site \(twice) is listed twice: a site has one tenant", at: "tenants") }
        let fallback = section.optional("default-tenant") { Reading.tenant(&$0, $1) }
        self.init(
            labels: Dictionary(labels.map { ($0.name, $0.text) }) { first, _ in first }, tenants: tenants,
            defaultTenant: fallback)
    }
}

/// What one text of the settings says.
private enum Reading {
    static func isName(_ text: String) -> Bool { (1...32).contains(text.utf8.count) && DocketSettings.isName(text) }

    static func tenant(_ section: inout SettingsSection, _ key: String) -> String {
        section.text(key, expecting: "a name of 1 to 32 lower-case letters, digits and dashes", where: isName)
    }

    static func name(_ text: String) throws(UnfitText) -> String {
        guard text.utf8.count <= 256 else { throw UnfitText(expecting: "a name or an id") }
        return text
    }

    static func site(_ text: String) throws(UnfitText) -> SiteID {
        guard Places.isID(text), let id = SiteID(text) else {
            throw UnfitText(expecting: "the id of a site, 15 to 20 digits")
        }
        return id
    }

    static func tag(_ text: String) throws(UnfitText) -> AgentFilter.Tag {
        guard text.utf8.count <= 512, !text.hasPrefix(":") else { throw UnfitText(expecting: "KEY or KEY:VALUE") }
        return AgentFilter.Tag(text)
    }

    static func type(_ text: String) throws(UnfitText) -> Int {
        guard let type = Int(text), (1...999_999).contains(type) else {
            throw UnfitText(expecting: "the number of a type of activity")
        }
        return type
    }

    /// The console's own spelling, where that is known; a word that is new is taken as it stands.
    static func classification(_ text: String) throws(UnfitText) -> String {
        guard text.utf8.count <= 40 else { throw UnfitText(expecting: "a classification such as Ransomware") }
        return Classification(spelled: text)?.rawValue ?? text
    }

    static func word<Known: VendorWord>(_ text: String) throws(UnfitText) -> Known {
        guard let word = Known(spelled: text) else {
            throw UnfitText(expecting: "one of \(Known.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    static func pattern(_ text: String) throws(UnfitText) -> Pattern {
        let pattern: Pattern
        do throws(PatternProblem) {
            pattern = try Pattern(text)
        } catch {
            throw UnfitText(expecting: "a regular expression of RE2 (\(error.description))")
        }
        guard !pattern.matchesEverything else { throw UnfitText(expecting: "a pattern that some names do not match") }
        return pattern
    }
}
