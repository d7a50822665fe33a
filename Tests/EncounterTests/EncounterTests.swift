import JSONView
import Ports
import SentinelOne
import SimulatedConsole
import Testing

@Suite("The client meets the simulated console")
struct EncounterTests {
    @Test("a walk over each list brings every row that there is, and each is readable")
    func lists() throws {
        var encounter = Encounter.afterEveryStory()
        func ids<Rows>(_ query: Query<Rows>) throws -> [String] {
            let (pages, end) = try encounter.walk(query)
            #expect(end == .end)
            #expect(
                pages.flatMap(\.unreadable).isEmpty,
                "\(Rows.stream): \(pages.flatMap(\.unreadable).first?.reason ?? "")")
            let ids = pages.flatMap(\.items).map(\.id)
            #expect(Set(ids).count == ids.count, "\(Rows.stream)")
            let counted = try RowCount(
                encounter.ask(encounter.console.count(query)), of: Rows.stream, from: encounter.console)
            #expect(counted == .exactly(ids.count), "\(Rows.stream)")
            return ids
        }
        for (limit, least) in [(7, 50), (Int.max, 50)] {
            #expect(try ids(Query<Threats>(when: .since(.updatedAt, .zero), limit: limit)).count >= least)
            #expect(try ids(Query<Alerts>(when: .since(.createdAt, .zero), limit: limit)).count >= 5)
            #expect(try ids(Query<Activities>(when: .since(.createdAt, .zero), limit: limit)).count >= least)
            #expect(try ids(Query<Agents>(when: .since(.updatedAt, .zero), limit: limit)).count == 60)
        }
        #expect(try ids(Query<Groups>()).count == 12)
        #expect(try ids(Query<Sites>()).count == 4)
        #expect(try ids(Query<Accounts>()).count == 1)
        #expect(try ids(Query<Rules>(only: .scheduledToo)).count > ids(Query<Rules>()).count)
        #expect(try ids(Query<Tags>()).isEmpty == false)
        #expect(try ids(Query<Roles>()).isEmpty == false)
    }

    @Test("every row is the fact that it should be, and says where it belongs")
    func facts() throws {
        var encounter = Encounter.afterEveryStory()
        for item in try encounter.walk(Query<Threats>()).pages.flatMap(\.items) {
            _ = try ThreatFact(parsing: item.bytes)
            #expect(item.agentID != nil && item.siteID != nil && item.accountID != nil)
            #expect(item.createdAt != nil && item.updatedAt != nil)
        }
        for item in try encounter.walk(Query<Alerts>()).pages.flatMap(\.items) {
            _ = try AlertFact(parsing: item.bytes)
            #expect(item.agentID != nil && item.siteID != nil && item.reportedAt != nil)
        }
        for item in try encounter.walk(Query<Activities>()).pages.flatMap(\.items) {
            #expect(try ActivityFact(parsing: item.bytes).type != nil)
            #expect(item.createdAt != nil)
        }
        for item in try encounter.walk(Query<Agents>()).pages.flatMap(\.items) {
            let state = try AgentState(parsing: item.bytes)
            #expect(state.id.digits == item.id && state.uuid != nil && state.networkStatus != nil)
        }
    }

    @Test("what surrounds a threat is readable: events, timeline, notes, and what the cloud says of its file")
    func context() throws {
        var encounter = Encounter.afterEveryStory()
        let console = encounter.console
        let threats = try encounter.walk(Query<Threats>()).pages.flatMap(\.items)
        var (events, notes) = (0, 0)
        for item in threats {
            let id = try #require(ThreatID(item.id))
            if case .page(let page) = try Telemetry(encounter.ask(console.events(of: id)), from: console) {
                #expect(page.unreadable.isEmpty)
                for event in page.items { _ = try EventFact(parsing: event.bytes) }
                events += page.items.count
            }
            let timeline = try Page(encounter.ask(console.timeline(of: id)), of: .timeline, from: console)
            #expect(!timeline.items.isEmpty && timeline.unreadable.isEmpty)
            let written = try Page(encounter.ask(console.notes(on: id)), of: .notes, from: console)
            #expect(written.unreadable.isEmpty)
            notes += written.items.count
            if let digits = try JSONView(parsing: item.bytes)["threatInfo"]["sha1"].optionalText,
                let hash = FileHash(digits)
            {
                _ = try HashVerdict(encounter.ask(console.verdict(on: hash)), from: console)
            }
        }
        #expect(events > 100 && notes > 0)
    }

    @Test("the token says who it is, what it may, and when it ends, in each of its ways")
    func identity() throws {
        var encounter = Encounter { $0.agents = 4 }
        let console = encounter.console
        let user = try TokenFacts(encounter.ask(console.user()), from: console)
        #expect(user.scope == .account && user.expiresAt != nil)
        let role = try #require(user.roleIDs.first)
        let permissions = try PermissionSet(encounter.ask(console.role(role)), from: console)
        #expect(permissions.holds(Permission("Threats.view")))
        #expect(!permissions.holds(Permission("Endpoints.disconnectFromNetwork")))
        let details = try TokenDetails(encounter.ask(console.tokenDetails()), from: console)
        #expect(details.expiresAt == user.expiresAt)
        #expect(try AuthCheck(encounter.ask(console.viewerCheck()), from: console) == .passed)
        #expect(try AuthCheck(encounter.ask(console.tenantAdminCheck()), from: console) == .refused)
        _ = try SystemInfo(encounter.ask(console.systemInfo()), from: console)
        _ = try SystemHealth(encounter.ask(console.systemStatus()), from: console)
        let types = try ActivityTypes(encounter.ask(console.activityTypes()), from: console)
        #expect("\(types)".contains("2001"))
        let count = try RowCount(agents: encounter.ask(console.agentCount()), from: console)
        #expect(count == .exactly(4))
    }

    @Test("a threat's storyline is found in the event store by both kinds of query, and both find the same")
    func queries() throws {
        var encounter = Encounter.afterEveryStory()
        let console = encounter.console
        let newest = try encounter.walk(Query<Threats>()).pages.flatMap(\.items).suffix(20)
        let account = try #require(newest.first?.accountID.flatMap { AccountID($0) })
        var found = 0
        for item in newest {
            let storyline = try JSONView(parsing: item.bytes)["threatInfo"]["storyline"].text
            let created = try #require(item.createdAt?.timestamp)
            let range = (created - .seconds(86_400))..<(created + .seconds(86_400))
            var power = PowerQueryRun(
                PowerQuery(
                    "i.scheme = \"edr\" and src.process.storyline.id = \"\(storyline)\"", in: range,
                    of: .accounts(ExactTargets(account))),
                at: console)
            let table = try encounter.run(power.launch) { power.proceed($0) }
            var deep = DeepVisibilityRun(
                DeepVisibilityQuery("SrcProcStorylineId = \"\(storyline)\"", in: range), at: console)
            let rows = try encounter.run(deep.start) { deep.proceed($0) }
            #expect(rows.unreadable.isEmpty && rows.isWhole)
            #expect(table.count == rows.items.count)
            found += rows.items.count
        }
        #expect(found > 50)
    }

    @Test("every request that the client can make of a list is one that the console understands")
    func understood() throws {
        var encounter = Encounter.afterEveryStory()
        let agents = try encounter.walk(Query<Agents>()).pages.flatMap(\.items)
        let agent = try #require(agents.first)
        let target = try #require(AgentID(agent.id))
        let site = try #require(agent.siteID.flatMap { SiteID($0) })
        let window = (Encounter.start - .seconds(86_400))..<encounter.now
        var threats = Threats.Filter()
        threats.confidenceLevels = Choice(.malicious, .suspicious, .notAvailable)
        threats.analystVerdicts = Choice(.undefined, .falsePositive)
        threats.incidentStatuses = Choice(.unresolved, .inProgress, .resolved)
        threats.mitigationStatuses = Choice(.mitigated, .notMitigated, .markedAsBenign)
        threats.classifications = FilterWords(["Ransomware", "Malware"])
        var alerts = Alerts.Filter()
        alerts.severities = Choice(.low, .high)
        alerts.incidentStatuses = Choice(.unresolved)
        let requests = [
            encounter.console.list(Query<Threats>(within: .sites(ExactTargets(site)), only: threats)),
            encounter.console.list(Query<Threats>(about: .agents(ExactTargets(target)), counting: false)),
            encounter.console.count(Query<Threats>(when: .within(.createdAt, window))),
            encounter.console.list(Query<Alerts>(when: .within(.reportedAt, window), only: alerts)),
            encounter.console.list(
                Query<Activities>(about: .agents(ExactTargets(target)), only: .types(Choice(18, 19, 1_001, 2_010)))),
            encounter.console.list(Query<Agents>(about: .ids(ExactTargets(target)))),
            encounter.console.list(Query<Groups>(within: .sites(ExactTargets(site)), when: .since(.updatedAt, .zero))),
        ]
        for request in requests {
            let answer = try encounter.ask(request).get()
            #expect(answer.status == 200, "\(request): \(answer.body.text?.prefix(300) ?? "")")
        }
    }
}
