import Ports

/// What an endpoint's sensor sent of one part: the same events for every way in which they can be asked for, and for
/// the truth.
struct Telemetry: Sendable {
    struct Process: Sendable {
        let seen: Scene.Process
        let startedAt: Timestamp
        /// The threat's own process or one that came of it.
        let isRelated: Bool
    }

    struct Event: Sendable {
        let number: Int
        let id: Int64
        let at: Timestamp
        let process: Process
        let parent: Process?
        let what: Scene.What
        let storyline: String
        let agent: Int
    }

    let endpoint: Identity
    let storyline: String
    let processes: [Process]
    let events: [Event]

    init(_ place: Incident.Place, at moment: Timestamp, on endpoint: Identity) {
        let part = place.part(on: endpoint)
        let telling = place.incident.kind.telling
        self.init(
            telling.scene(part, telling.detection(part)), of: part,
            foundAt: moment - .milliseconds(640) / part.incident.pace
        )
    }

    /// What else went on at the endpoint meanwhile, in a storyline of its own.
    static func beside(_ place: Incident.Place, at moment: Timestamp, on endpoint: Identity) -> Telemetry {
        let part = place.part(on: endpoint)
        return Telemetry(.everyday(part), of: part, foundAt: moment)
    }

    private init(_ scene: Scene, of part: Part, foundAt: Timestamp) {
        func moment(_ after: Duration) -> Timestamp { foundAt + (after - scene.found) / part.incident.pace }
        var processes: [Process] = []
        for process in scene.processes {
            let isRelated =
                process.isCulprit || process.isCarrier || process.parent.map { processes[$0].isRelated } ?? false
            processes.append(Process(seen: process, startedAt: moment(process.startedAfter), isRelated: isRelated))
        }
        var dice = Dice(part.incident.seed, (1 << 23) &+ part.number)
        let series = 2_000_000_000_000_000_000 + Int64(dice.below(6_000_000_000_000)) * 1_000_000
        endpoint = part.endpoint
        storyline = scene.storyline
        self.processes = processes
        events = scene.traces.enumerated().map { number, trace in
            let process = processes[trace.process]
            return Event(
                number: number, id: series + Int64(number), at: moment(trace.after), process: process,
                parent: process.seen.parent.map { processes[$0] }, what: trace.what, storyline: scene.storyline,
                agent: part.endpoint.ordinal)
        }
    }
}

extension Scene {
    /// A browser, an updater and whatever else runs on any day.
    static func everyday(_ part: Part) -> Scene {
        var dice = Dice(part.incident.seed, (1 << 24) &+ part.number)
        var scene = Scene(of: part, storyline: dice.key(on: part.endpoint), salt: 1 << 25)
        let services = scene.start(Images.services(on: part.endpoint), as: part.system)
        let updater = scene.start(
            part.isWindows ? Images.windows("svchost.exe") : Images.unix("cron", in: "/usr/sbin"),
            part.isWindows ? "-k netsvcs -p" : "", by: services)
        scene.call("updates.tidewater.example", "10.20.0.8", by: updater)
        let desktop = scene.start(Images.explorer(on: part.endpoint))
        let browser = scene.start(Images.browser(on: part.endpoint), by: desktop)
        for _ in 0..<(2 + dice.below(4)) { scene.call(Outside.name(&dice), Outside.address(&dice), by: browser) }
        let download = Images.file(
            "\(Outside.word(&dice)).pdf", in: part.home + (part.isWindows ? #"\Downloads"# : "/Downloads"), &dice)
        scene.note(browser, .wrote(download))
        return scene
    }
}

extension Scene.What {
    struct Name {
        /// `eventTypes` of the API; `event.category` of the data lake.
        let object: String
        /// `eventSubTypes` of the API.
        let code: String
        /// `event.type` of the data lake.
        let title: String

        fileprivate init(_ object: String, _ code: String, _ title: String) {
            (self.object, self.code, self.title) = (object, code, title)
        }
    }

    var name: Name {
        switch self {
        case .began: Name("process", "PROCESSCREATION", "Process Creation")
        case .ended: Name("process", "PROCESSTERMINATION", "Process Exit")
        case .wrote: Name("file", "FILECREATION", "File Creation")
        case .changed: Name("file", "FILEMODIFICATION", "File Modification")
        case .removed: Name("file", "FILEDELETION", "File Deletion")
        case .renamed: Name("file", "FILERENAME", "File Rename")
        case .loaded: Name("module", "MODULE", "Module Load")
        case .connected: Name("ip", "TCPV4", "IP Connect")
        case .listened: Name("ip", "TCPV4LISTEN", "IP Listen")
        case .resolved: Name("dns", "DNS", "DNS Resolved")
        case .fetched: Name("url", "HTTP", "GET")
        case .registry: Name("registry", "REGVALUEMODIFIED", "Registry Value Modified")
        case .scheduled: Name("scheduled_task", "SCHEDTASKREGISTER", "Task Register")
        case .loggedIn: Name("logins", "LOGIN", "Login")
        case .noticed: Name("indicators", "BEHAVIORALINDICATORS", "Behavioral Indicators")
        }
    }

    /// The file that it is about.
    var file: Detection.File? {
        switch self {
        case .wrote(let file), .changed(let file), .removed(let file), .renamed(let file, _), .loaded(let file): file
        case .began, .ended, .connected, .listened, .resolved, .fetched, .registry, .scheduled, .loggedIn, .noticed:
            nil
        }
    }
}
