import JSONView
import Patterns
import PipelineTesting
import Ports
import SentinelOne
import Stages
import Testing

@Suite("The sieve")
struct SieveTests {
    private static let here = "2190000000000000011"
    private static let there = "2190000000000000012"

    private static func view(_ text: String) throws -> JSONView { try JSONView(parsing: Bytes(text)) }

    private static func threat(
        _ info: String = #""classification":"Malware","threatName":"a.exe""#, site: String = here, group: String = "Lab"
    ) throws -> JSONView {
        try view(
            #"{"id":"1","threatInfo":{\#(info)},"agentRealtimeInfo":{"agentId":"7","siteId":"\#(site)","#
                + #""siteName":"Lyon","groupId":"2190000000000000021","groupName":"\#(group)"}}"#)
    }

    private static func sieve(_ change: (inout SieveSettings) throws -> Void) rethrows -> Sieve {
        var settings = SieveSettings()
        try change(&settings)
        return Sieve(settings)
    }

    private static func sites(_ ids: String...) throws -> [SiteID] { try ids.map { try #require(SiteID($0)) } }

    /// Each of them hides what `threat` makes by default.
    private static let hidings: [(Hiding.Reason, isLasting: Bool, @Sendable (inout ThreatFilter) throws -> Void)] = [
        (.classification, true, { $0.classifications = ["Ransomware"] }),
        (.classification, true, { $0.exceptClassifications = ["malware"] }),
        (.name, true, { $0.names.only = [try Pattern("^b")] }),
        (.name, true, { $0.names.except = [try Pattern("(?i)A\\.EXE")] }),
        (.group, false, { $0.groups = Places(["Servers", "2190000000000000029"]) }),
        (.site, false, { $0.sites = Places(["Paris"]) }),
        (.confidence, false, { $0.confidence = [.malicious] }),
        (.incidentStatus, false, { $0.incidentStatuses = [.unresolved] }),
        (.analystVerdict, false, { $0.analystVerdicts = [.undefined, .truePositive] }),
    ]

    private static let info =
        #""classification":"Malware","threatName":"a.exe","confidenceLevel":"suspicious","#
        + #""incidentStatus":"resolved","analystVerdict":"false_positive""#

    @Test("a filter hides what it is for, says why, and whether that can change", arguments: hidings.indices)
    func hides(index: Int) throws {
        let (reason, isLasting, change) = Self.hidings[index]
        let sieve = try Self.sieve { try change(&$0.threats) }
        let hiding = try sieve.hides(Self.threat(Self.info), of: .threats, isKnown: false)
        #expect(hiding?.reason == reason && hiding?.isLasting == isLasting)
        #expect(try Sieve().hides(Self.threat(Self.info), of: .threats, isKnown: false) == nil)
    }

    @Test(
        "what was published once is never hidden by a filter, so that its all-clear is seen",
        arguments: hidings.indices)
    func known(index: Int) throws {
        let sieve = try Self.sieve { try Self.hidings[index].2(&$0.threats) }
        #expect(try sieve.hides(Self.threat(Self.info), of: .threats, isKnown: true) == nil)
    }

    @Test("what left the scope is hidden, published or not, and what belongs to no site is outside of it")
    func scope() throws {
        let sieve = try Self.sieve { $0.sites = try Self.sites(Self.here) }
        for isKnown in [true, false] {
            #expect(try sieve.hides(Self.threat(site: Self.here), of: .threats, isKnown: isKnown) == nil)
            let hiding = try sieve.hides(Self.threat(site: Self.there), of: .threats, isKnown: isKnown)
            #expect(hiding == Hiding(reason: .site, isLasting: false))
            let alert = try Self.view(#"{"agentDetectionInfo":{"siteId":\#(Self.there)}}"#)
            #expect(sieve.hides(alert, of: .alerts, isKnown: isKnown) == Hiding(reason: .site, isLasting: true))
            let row = try Self.view(#"{"id":"1","siteId":null}"#)
            for stream in [VendorStream.activities, .agents, .groups] {
                #expect(sieve.hides(row, of: stream, isKnown: isKnown)?.reason == .site)
            }
        }
        // What the endpoint said when it was found counts where nothing is said of it now.
        let gone = try Self.view(#"{"id":"1","agentDetectionInfo":{"siteId":"\#(Self.here)"}}"#)
        #expect(sieve.hides(gone, of: .threats, isKnown: false) == nil)
    }

    @Test(
        "a word means the same in each of the console's spellings",
        arguments: ["in_progress", "In progress", "IN_PROGRESS", "In Progress", "in-progress"])
    func spellings(word: String) throws {
        let only = Self.sieve {
            $0.threats.incidentStatuses = [.inProgress]
            $0.alerts.incidentStatuses = [.inProgress]
        }
        let except = Self.sieve {
            $0.threats.incidentStatuses = [.resolved]
            $0.alerts.incidentStatuses = [.resolved]
        }
        let threat = try Self.threat(#""incidentStatus":"\#(word)""#)
        let alert = try Self.view(#"{"alertInfo":{"incidentStatus":"\#(word)"}}"#)
        #expect(only.hides(threat, of: .threats, isKnown: false) == nil)
        #expect(only.hides(alert, of: .alerts, isKnown: false) == nil)
        #expect(except.hides(threat, of: .threats, isKnown: false)?.reason == .incidentStatus)
        #expect(except.hides(alert, of: .alerts, isKnown: false)?.reason == .incidentStatus)
        #expect(IncidentStatus(spelled: word) == .inProgress)
    }

    @Test("what a row does not say, or says in a word that is new, is not held against it")
    func unsaid() throws {
        let sieve = try Self.sieve {
            $0.threats.incidentStatuses = [.unresolved]
            $0.threats.analystVerdicts = [.undefined]
            $0.threats.confidence = [.malicious]
            $0.threats.names.only = [try Pattern("x")]
            $0.threats.groups = Places(["Servers"])
            $0.threats.classifications = ["Malware"]
            $0.threats.exceptClassifications = ["PUA"]
            $0.agents.machineTypes = [.server]
            $0.activities.types = [18]
        }
        let row = try Self.view(
            #"{"id":"1","threatInfo":{"incidentStatus":"escalated","analystVerdict":7,"threatName":null}}"#)
        #expect(sieve.hides(row, of: .threats, isKnown: false) == nil)
        #expect(sieve.hides(row, of: .agents, isKnown: false) == nil)
        #expect(sieve.hides(row, of: .activities, isKnown: false) == nil)
    }

    @Test("alerts are filtered by rule, severity, status and verdict")
    func alerts() throws {
        let row = try Self.view(
            #"{"alertInfo":{"analystVerdict":"True positive","incidentStatus":"Unresolved"},"#
                + #""ruleInfo":{"name":"Encoded PowerShell","severity":"High"}}"#)
        let table: [(Hiding?, (inout AlertFilter) throws -> Void)] = [
            (nil, { $0.rules.only = [try Pattern("PowerShell$")] }),
            (Hiding(reason: .rule, isLasting: true), { $0.rules.except = [try Pattern("^Encoded")] }),
            (nil, { $0.severities = [.high, .critical] }),
            (Hiding(reason: .severity, isLasting: false), { $0.severities = [.low] }),
            (nil, { $0.analystVerdicts = [.truePositive] }),
            (Hiding(reason: .analystVerdict, isLasting: false), { $0.analystVerdicts = [.undefined] }),
        ]
        for (hiding, change) in table {
            let sieve = try Self.sieve { try change(&$0.alerts) }
            #expect(sieve.hides(row, of: .alerts, isKnown: false) == hiding)
            #expect(sieve.hides(row, of: .alerts, isKnown: true) == nil)
        }
    }

    @Test("endpoints are filtered by group, site, tag and machine type")
    func agents() throws {
        let row = try Self.view(
            #"{"id":"7","groupName":"Lab","siteName":"Lyon","machineType":"Kubernetes Node","#
                + #""tags":{"sentinelone":[{"key":"tier","value":"1"},{"key":"owner","value":"ada"}]}}"#)
        let table: [(Hiding.Reason?, (inout AgentFilter) -> Void)] = [
            (nil, { $0.groups = Places(["LAB"]) }), (.group, { $0.groups = Places(["Servers"]) }),
            (nil, { $0.sites = Places(["lyon"]) }), (.site, { $0.sites = Places(["Paris"]) }),
            (nil, { $0.machineTypes = [.kubernetesNode] }), (.machineType, { $0.machineTypes = [.server] }),
            (nil, { $0.tags = [.init("tier:2"), .init("owner")] }), (nil, { $0.tags = [.init("tier:1")] }),
            (.tag, { $0.tags = [.init("tier:2")] }), (.tag, { $0.tags = [.init("tier:")] }),
        ]
        for (reason, change) in table {
            let hiding = Self.sieve { change(&$0.agents) }.hides(row, of: .agents, isKnown: false)
            #expect(hiding?.reason == reason && hiding?.isLasting != true)
            #expect(Self.sieve { change(&$0.agents) }.hides(row, of: .agents, isKnown: true) == nil)
        }
        let untagged = try Self.view(#"{"id":"7"}"#)
        #expect(Self.sieve { $0.agents.tags = [.init("a")] }.hides(untagged, of: .agents, isKnown: false) != nil)
    }

    @Test("new endpoints are taken up, known ones kept up to date, both or neither, as the inventory says")
    func inventory() throws {
        let row = try Self.view(#"{"id":"7"}"#)
        for (onboard, update) in [(true, true), (true, false), (false, true), (false, false)] {
            let sieve = Self.sieve { $0.inventory = Inventory(onboard: onboard, update: update) }
            #expect((sieve.hides(row, of: .agents, isKnown: false) == nil) == onboard)
            #expect((sieve.hides(row, of: .agents, isKnown: true) == nil) == update)
            #expect(sieve.hides(row, of: .threats, isKnown: false) == nil)
        }
    }

    @Test("activities are filtered by the number of their type, for ever")
    func activities() throws {
        let sieve = Self.sieve {
            $0.activities.types = [18, 19]
            $0.activities.exceptTypes = [19]
        }
        for (type, isHidden) in [("18", false), ("19", true), ("20", true), (#""20""#, true)] {
            let hiding = try sieve.hides(
                Self.view(#"{"id":"1","activityType":\#(type)}"#), of: .activities, isKnown: false)
            #expect(hiding == (isHidden ? Hiding(reason: .activityType, isLasting: true) : nil))
        }
    }

    @Test("the console is asked by the scope, and never by what can change about a record or in the settings")
    func asked() throws {
        var settings = SieveSettings()
        for (_, _, change) in Self.hidings { try change(&settings.threats) }
        settings.alerts.incidentStatuses = [.unresolved]
        settings.alerts.analystVerdicts = [.undefined]
        settings.alerts.severities = [.high]
        settings.activities.types = [18]
        settings.agents.groups = Places(["Lab"])
        settings.agents.machineTypes = [.server]
        settings.inventory = Inventory(onboard: false, update: true)
        for stream in VendorStream.allCases {
            #expect(Sieve(settings).question(for: stream) == Question(), "\(stream)")
        }
        settings.sites = try Self.sites(Self.here, Self.there, Self.here)
        let both = try Self.sites(Self.here, Self.there)
        for stream in [VendorStream.threats, .activities, .agents, .groups] {
            let question = Sieve(settings).question(for: stream)
            #expect(question.isNarrow && question == Self.sieve { $0.sites = both }.question(for: stream))
        }
        let site = try #require(SiteID(Self.here))
        let one = Self.sieve { $0.sites = [site] }.question(for: .threats)
        #expect(one.threats() == Query<Threats>(within: .sites(ExactTargets(site))))
    }

    @Test("asking the console for less hides nothing that would be published, whatever the settings")
    func question() throws {
        var shown = Shown()
        let all = Question()
        typealias Row = (id: String, view: JSONView)
        func parsed(_ items: [Page.Item]) throws -> [Row] {
            try items.map { ($0.id, try JSONView(parsing: $0.bytes)) }
        }
        let rows = (
            threats: try parsed(shown.rows(all.threats())), alerts: try parsed(shown.rows(all.alerts())),
            activities: try parsed(shown.rows(all.activities())), agents: try parsed(shown.rows(all.agents())),
            groups: try parsed(shown.rows(all.groups()))
        )
        let sites = try shown.rows(Query<Sites>()).map(\.id)
        #expect(rows.threats.count > 30 && rows.agents.count == 40 && rows.alerts.count > 3)
        var (hidden, spared) = (0, 0)
        for seed in 0..<20 as Range<UInt64> {
            var dice = SplitMix64(seed: seed)
            let sieve = Sieve(try Self.random(&dice, sites: sites))
            func isPublished(_ row: Row, _ stream: VendorStream) -> Bool {
                // Some of them were published under other settings.
                let isKnown = row.id.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) } % 3 == 0
                return sieve.hides(row.view, of: stream, isKnown: isKnown) == nil
            }
            func check(_ whole: [Row], _ asked: [Page.Item], _ stream: VendorStream) {
                let expected = whole.filter { isPublished($0, stream) }.map(\.id)
                let given = Set(asked.map(\.id))
                #expect(whole.filter { given.contains($0.id) && isPublished($0, stream) }.map(\.id) == expected)
                hidden += whole.count - expected.count
                spared += whole.count - given.count
            }
            let ask = { (stream: VendorStream) in sieve.question(for: stream) }
            try check(rows.threats, shown.rows(ask(.threats).threats()), .threats)
            try check(rows.alerts, shown.rows(ask(.alerts).alerts()), .alerts)
            try check(rows.activities, shown.rows(ask(.activities).activities()), .activities)
            try check(rows.agents, shown.rows(ask(.agents).agents()), .agents)
            try check(rows.groups, shown.rows(ask(.groups).groups()), .groups)
        }
        #expect(hidden > spared && spared > 300)
    }

    private static func random(_ dice: inout SplitMix64, sites: [String]) throws -> SieveSettings {
        func some<Value>(_ values: [Value]) -> [Value] {
            Int.random(in: 0..<3, using: &dice) > 0 ? [] : values.filter { _ in Bool.random(using: &dice) }
        }
        var settings = SieveSettings()
        settings.sites = some(sites).compactMap { SiteID($0) }
        settings.threats.classifications = some(Classification.allCases.map(\.rawValue) + ["Wiper"])
        settings.threats.exceptClassifications = some(["PUA", "general", "Benign"])
        settings.threats.incidentStatuses = Set(some(IncidentStatus.allCases))
        settings.threats.analystVerdicts = Set(some(AnalystVerdict.allCases))
        settings.threats.confidence = Set(some(ConfidenceLevel.allCases))
        settings.threats.names.except = try some(["(?i)invoice", "^[a-f]", "\\.exe$"]).map { try Pattern($0) }
        settings.alerts.severities = Set(some(AlertSeverity.allCases))
        settings.alerts.incidentStatuses = Set(some(IncidentStatus.allCases))
        settings.agents.groups = Places(some(["Default Group", "Servers", "Workstations"]))
        settings.agents.machineTypes = Set(some(MachineType.allCases))
        settings.activities.exceptTypes = Set(some([18, 19, 2_001, 2_004, 3_608]))
        return settings
    }
}
