import Ports
import SentinelOne
import Testing

/// Every kind of request that the client can build, with every part that it can have.
struct EveryRequest {
    private let start = Timestamp(microseconds: 1_789_371_600_118_203)
    private var window: Range<Timestamp> { start..<(start + .seconds(3_600)) }

    /// As many ids as fit, as long as ids are.
    private func targets<Of>(_ count: Int = ExactTargets<Of>.limit) throws -> ExactTargets<Of> {
        try #require(ExactTargets((0..<count).compactMap { ObjectID(String(17_310_000_000_000_000_000 + UInt64($0))) }))
    }

    private func id<Of>() throws -> ObjectID<Of> { try #require(ObjectID("7310000000000000041")) }

    private func lists<Rows>(_ queries: [Query<Rows>]) -> [HTTPRequest] {
        queries.flatMap {
            [console.list($0), console.list($0, after: Cursor("bmFjaHN0ZQ==")), console.count($0)]
        }
    }

    private func scopes() throws -> [GroupScope] {
        [.accounts(try targets()), .sites(try targets()), .groups(try targets())]
    }

    func all() throws -> [HTTPRequest] {
        try polled() + agents() + places() + reference() + threatContext() + identity() + queries() + writes()
    }

    private func polled() throws -> [HTTPRequest] {
        var threats = Threats.Filter()
        threats.classifications = FilterWords(
            (0..<50).map { "\($0).Lateral Movement of a Longest Word".prefix(40) + "" })
        threats.confidenceLevels = Choice(.malicious, .suspicious, .notAvailable)
        threats.analystVerdicts = Choice(.undefined, .suspicious, .truePositive, .falsePositive)
        threats.incidentStatuses = Choice(.unresolved, .inProgress, .resolved)
        threats.mitigationStatuses = Choice(.mitigated, .notMitigated, .markedAsBenign)
        var alerts = Alerts.Filter()
        alerts.severities = Choice(.low, .medium, .high, .critical)
        alerts.analystVerdicts = threats.analystVerdicts
        alerts.incidentStatuses = threats.incidentStatuses
        let types = Activities.Filter.types(Choice(18, 19, 61, 62, 1_001, 1_002, 2_010, 4_008))
        return try lists(
            scopes().flatMap { scope in
                [Threats.Time.createdAt, .updatedAt].flatMap { time in
                    [
                        Query<Threats>(within: scope, when: .since(time, start), only: threats),
                        Query(within: scope, when: .within(time, window), limit: 50, counting: false),
                    ]
                }
            } + [Query(about: .ids(targets()), only: threats), Query(about: .agents(targets())), Query()])
            + lists(
                scopes().flatMap { scope in
                    [Alerts.Time.createdAt, .reportedAt].flatMap { time in
                        [
                            Query<Alerts>(within: scope, when: .since(time, start), only: alerts),
                            Query(within: scope, when: .within(time, window), counting: false),
                        ]
                    }
                } + [Query(about: .ids(targets()), only: alerts), Query()])
            + lists(
                scopes().map { Query<Activities>(within: $0, when: .within(.createdAt, window), only: types) } + [
                    Query(about: .ids(targets())), Query(about: .threats(targets()), only: types), Query(),
                    Query(about: .agents(targets()), when: .since(.createdAt, start), only: types),
                ])
    }

    private func agents() throws -> [HTTPRequest] {
        var filter = Agents.Filter()
        filter.isInfected = true
        filter.networkStatuses = Choice(.connected, .disconnected, .connecting, .disconnecting)
        let uuids = try #require(FilterWords((10..<60).map { "c41e7ab0553f4f1f9d0e6a2b8c7d9e\($0)" }))
        let queries =
            try scopes().flatMap { scope in
                [Agents.Time.createdAt, .updatedAt].flatMap { time in
                    [
                        Query<Agents>(within: scope, when: .since(time, start), only: filter),
                        Query(within: scope, when: .within(time, window), counting: false),
                    ]
                }
            } + [Query(about: .ids(targets()), only: filter), Query(about: .uuids(uuids)), Query()]
        return lists(queries) + queries.map { console.agentCount($0) }
    }

    private func places() throws -> [HTTPRequest] {
        try lists([
            Query<Groups>(within: .sites(targets()), when: .since(.updatedAt, start)),
            Query(within: .accounts(targets()), when: .within(.updatedAt, window)), Query(about: .ids(targets())),
            Query(),
        ])
            + lists([Query<Sites>(within: .accounts(targets())), Query(about: .ids(targets())), Query()])
            + lists([Query<Accounts>(about: .ids(targets())), Query()])
    }

    private func reference() throws -> [HTTPRequest] {
        try lists(
            scopes().map { Query<Rules>(within: $0) } + [
                Query(about: .ids(targets())), Query(), Query(only: .scheduledToo),
            ])
            + lists(scopes().map { Query<Tags>(within: $0) } + [Query(about: .ids(targets())), Query()])
            + lists([
                Query<Roles>(within: .accounts(targets())), Query(within: .sites(targets())),
                Query(about: .ids(targets())),
                Query(),
            ])
    }

    private func threatContext() throws -> [HTTPRequest] {
        let hash = try #require(FileHash("9f3c000000000000000000000000000000000001"))
        return try [
            console.timeline(of: id()), console.timeline(of: id(), after: Cursor("a")), console.notes(on: id()),
            console.notes(on: id(), after: Cursor("a")), console.events(of: id()),
            console.events(of: id(), only: Choice(EventKind.allCases)), console.verdict(on: hash),
            console.activityTypes(),
        ]
    }

    private func identity() throws -> [HTTPRequest] {
        try [
            console.user(), console.tokenDetails(), console.viewerCheck(), console.tenantAdminCheck(),
            console.role(id()), console.systemInfo(), console.systemStatus(),
        ]
    }

    /// Each call of a query of the older form.
    private func queries() throws -> [HTTPRequest] {
        let scopes: [SiteScope?] = [nil, .accounts(try targets()), .sites(try targets())]
        return scopes.flatMap { scope in
            var run = DeepVisibilityRun(DeepVisibilityQuery("x", in: window, within: scope), at: console)
            var requests = [run.start]
            let answers: [Bytes] = [
                #"{"data":{"queryId":"q7"}}"#, #"{"data":{"responseState":"FINISHED"}}"#,
                #"{"data":[{"id":"1"}],"pagination":{"nextCursor":"a"}}"#,
            ]
            for body in answers {
                if case .send(let request, _) = run.proceed(answer(200, body)) { requests.append(request) }
            }
            return requests + [run.abandon()].compactMap { $0 }
        }
    }

    private func writes() throws -> [HTTPRequest] {
        try Mitigation.allCases.map { $0.request(for: try targets(), at: console) }
    }
}
