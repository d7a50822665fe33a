import Ports

/// How a story goes: one form for all. Everything in it is pure and follows from the incident and its endpoints.
struct Telling: Sendable {
    /// What it really is: what a verdict is compared with.
    enum Nature: String, Sendable { case attack, unwanted, benign, administration }

    let nature: Nature
    /// How many endpoints it takes; in a small fleet it makes do with fewer.
    var hosts = 1...1
    /// Which endpoints it would rather happen to.
    var prefers: @Sendable (Identity) -> Bool = { _ in true }
    /// In the order of time.
    let beats: @Sendable (Incident) -> [Beat]
    /// What the part's threat looks like, in microseconds of work. Without a threat: what its scene is about.
    var detection: @Sendable (Part) -> Detection = { Detection(of: $0, file: Images.shell(on: $0.endpoint)) }
    /// What the endpoint's sensor saw of the part.
    var scene: @Sendable (Part, Detection) -> Scene = { Scene(of: $0, storyline: $1.storyline) }
}

/// Something that a story does, so long after its start.
struct Beat: Sendable {
    let after: Duration
    let deed: Deed

    init(_ after: Duration, _ deed: Deed) {
        self.after = after
        self.deed = deed
    }
}

/// What a beat does. A part happens on the endpoint of its place in the incident; a host is such a place too.
enum Deed: Sendable {
    /// The part becomes a threat; custom rules see it as well.
    case detect(part: Int)
    /// Only custom rules see it.
    case watch(part: Int)
    /// Somebody has the endpoint act against the threat.
    case mitigate(part: Int, Mitigation.Action)
    case judge(part: Int, AnalystVerdict)
    case settle(part: Int, IncidentStatus)
    case judgeAlerts(part: Int, AnalystVerdict, IncidentStatus)
    case comment(part: Int, String)

    case isolate(host: Int)
    case release(host: Int)
    case silence(host: Int)
    case wake(host: Int)
    /// Gives it the name of another.
    case rename(host: Int, to: Int)
    case reimage(host: Int)
    case move(host: Int)
    case decommission(host: Int)
    case recommission(host: Int)

    /// The console notes something about the scope of the first endpoint, or about that endpoint.
    case record(Activity.Kind, Whereabouts, data: [String: JSON])
}

/// What an activity without a threat is about.
enum Whereabouts: Sendable { case account, site, group, host(Int) }

/// One part of an incident on its endpoint: what tellings paint from.
struct Part: Sendable {
    let incident: Incident
    let number: Int
    let endpoint: Identity

    /// Of this part alone.
    var dice: Dice { Dice(incident.seed, number) }
    /// The same in all parts of the incident.
    var shared: Dice { Dice(incident.seed, 1 << 20) }

    var isWindows: Bool { endpoint.isWindows }
    var user: String { isWindows ? "\(endpoint.domain)\\\(endpoint.user)" : endpoint.user }
    var system: String { isWindows ? #"NT AUTHORITY\SYSTEM"# : "root" }
    var home: String {
        isWindows ? Images.volume + #"\Users\"# + endpoint.user : Images.homes(endpoint) + endpoint.user
    }
}
