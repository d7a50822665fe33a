import Ports

/// What the sensor of one endpoint saw of one part: processes, and what they did, in the order of time.
struct Scene: Sendable {
    struct Process: Sendable {
        let number: Int
        let parent: Int?
        let image: Detection.File
        let commandLine: String
        let user: String
        let integrity: String
        let pid: Int
        let key: String
        let startedAfter: Duration
        let isCulprit: Bool
        /// Brought the threat, and is none.
        let isCarrier: Bool
    }

    /// What a process did.
    enum What: Sendable {
        case began
        case ended
        case wrote(Detection.File)
        case changed(Detection.File)
        case removed(Detection.File)
        case renamed(Detection.File, from: String)
        case loaded(Detection.File)
        case connected(address: String, port: Int, incoming: Bool = false)
        case listened(port: Int)
        case resolved(name: String, answer: String)
        case fetched(url: String)
        case registry(key: String, value: String, content: String)
        case scheduled(name: String, path: String)
        case loggedIn(user: String, type: String, from: String)
        case noticed(Detection.Indicator)
    }

    struct Trace: Sendable {
        let process: Int
        let after: Duration
        let what: What
    }

    let endpoint: Identity
    let storyline: String
    private(set) var processes: [Process] = []
    private(set) var traces: [Trace] = []
    /// When the agent found out; the end of the scene unless told earlier.
    private var foundAfter: Duration?
    private var clock = Duration.zero
    private var dice: Dice
    private let user: String

    /// Of the same part, but something else that went on meanwhile.
    init(of part: Part, storyline: String, salt: Int = 1 << 22) {
        endpoint = part.endpoint
        user = part.user
        self.storyline = storyline
        dice = Dice(part.incident.seed, salt &+ part.number)
    }

    var found: Duration { foundAfter ?? clock }

    /// The agent finds out now.
    mutating func find() { foundAfter = clock }

    mutating func pause(_ time: Duration) { clock += time }

    mutating func start(
        _ image: Detection.File, _ arguments: String = "", by parent: Int? = nil, as user: String? = nil,
        integrity: String? = nil, isCulprit: Bool = false, isCarrier: Bool = false
    ) -> Int {
        tick()
        let number = processes.count
        let program = endpoint.isWindows ? "\"\(drive(image.path))\"" : image.path
        let isSystem = user == #"NT AUTHORITY\SYSTEM"# || user == "root"
        processes.append(
            Process(
                number: number, parent: parent, image: image,
                commandLine: arguments.isEmpty ? program : "\(program) \(arguments)",
                user: user ?? parent.map { processes[$0].user } ?? self.user,
                integrity: integrity ?? (isSystem ? "system" : parent.map { processes[$0].integrity } ?? "medium"),
                pid: endpoint.isWindows ? 4 * (200 + dice.below(5_000)) : 900 + dice.below(60_000),
                key: dice.key(on: endpoint), startedAfter: clock, isCulprit: isCulprit,
                isCarrier: isCarrier))
        traces.append(Trace(process: number, after: clock, what: .began))
        return number
    }

    mutating func note(_ process: Int, _ what: What) {
        tick()
        traces.append(Trace(process: process, after: clock, what: what))
    }

    mutating func end(_ process: Int) { note(process, .ended) }

    /// A name is asked for, and the address behind it is called.
    mutating func call(_ name: String, _ address: String, port: Int = 443, by process: Int) {
        note(process, .resolved(name: name, answer: address))
        note(process, .connected(address: address, port: port))
    }

    private mutating func tick() { clock += .microseconds(20_000 + Int64(dice.below(600_000))) }

    private func drive(_ path: String) -> String {
        path.hasPrefix(Images.volume) ? "C:" + path.dropFirst(Images.volume.count) : path
    }
}
