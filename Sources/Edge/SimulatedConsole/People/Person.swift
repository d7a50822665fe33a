import Ports

/// Who may call, and as what. People without a token act through the control port only.
struct Person: Sendable {
    enum Kind: Sendable { case serviceUser, consoleUser }

    /// What token files and the control side call it by: `ir-team`.
    let key: String
    let id: Int64
    let name: String
    let role: Role
    var kind = Kind.serviceUser
    /// How far the role holds.
    var reach = Reach.account(0)
    /// The role is held at several sites instead of at one scope; some routes refuse such a token.
    var isMultiScope = false
    var token: Token?
}

/// How far a token sees: everything, one account, or one site.
enum Reach: Sendable, Equatable {
    case tenant
    case account(Int)
    case site(Int)

    func holds(group: Int, _ cast: Cast) -> Bool {
        switch self {
        case .tenant: true
        case .account(let account): cast.site(ofGroup: group).account == account
        case .site(let site): cast.groups[group].site == site
        }
    }
}

extension Person {
    /// Who calls where nobody has to be anybody.
    static let nobody = Person(
        key: "nobody", id: 0, name: "nobody", role: Role(id: 0, name: "none", isPredefined: false, permissions: []))

    /// As the API calls the level that the role is held at.
    var scope: String {
        switch reach {
        case .tenant: "tenant"
        case .account: isMultiScope ? "site" : "account"
        case .site: "site"
        }
    }

    /// In the places where others count: the reader, the responder, an analyst who works in the console itself, who
    /// replaces the responder, then everybody else.
    static func all(_ settings: SimulatedConsoleSettings, _ numbering: Numbering) -> [Person] {
        let widest: Reach = settings.accounts > 1 ? .tenant : .account(0)
        let role = { Role.predefined($0, numbering) }
        var people: [Person] = []
        func add(
            _ key: String, _ name: String, _ role: Role, _ reach: Reach, _ kind: Kind = .serviceUser,
            multiScope: Bool = false
        ) {
            people.append(
                Person(
                    key: key, id: numbering.id(.user, people.count + 1), name: name, role: role, kind: kind,
                    reach: reach, isMultiScope: multiScope))
        }
        add("viewer", "svc-reader", role(.viewer), widest)
        add("ir-team", "svc-responder", role(.incidentResponse), widest)
        add("analyst", "H. Amari", role(.incidentResponse), widest, .consoleUser)
        add("ir-team-2", "svc-responder-2", role(.incidentResponse), widest)
        add("soc", "svc-soc", role(.operations), widest)
        add("it", "svc-it", role(.technology), widest)
        add("admin", "svc-admin", role(.administrator), .tenant)
        add("collector", "svc-collector", .collector(numbering), widest)
        add("site-viewer", "svc-site-reader", role(.viewer), .site(0))
        add("site-ir-team", "svc-site-responder", role(.incidentResponse), .site(0))
        add("custom", "svc-custom", .custom(numbering), widest)
        add("personal", "K. Ferreira", role(.viewer), widest, .consoleUser)
        add("multi-scope", "svc-several-sites", role(.viewer), .account(0), multiScope: true)
        add("expiring", "svc-expiring", role(.viewer), widest)
        add("expired", "svc-expired", role(.viewer), widest)
        add("revoked", "svc-revoked", role(.viewer), widest)
        return people.map { person in
            var person = person
            person.token = Token.first(of: person, settings)
            return person
        }
    }
}
