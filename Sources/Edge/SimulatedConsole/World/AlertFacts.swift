import Ports

extension AlertFacts {
    /// What a rule tells of the event that it saw. A new process is the target; who made it is the source.
    init(_ event: Telemetry.Event) {
        var source = event.process
        var target: Telemetry.Process?
        if case .began = event.what, let parent = event.parent { (source, target) = (parent, event.process) }
        let parent = target == nil ? event.parent ?? source : source
        self.init(
            eventType: event.what.name.code, eventID: Self.ulid(event), source: Process(source, event),
            parent: Process(parent, event), target: target.map { Process($0, event) },
            targetFile: event.what.file?.path, targetFileSHA1: event.what.file?.sha1, info: Self.info(event))
    }

    /// As Deep Visibility names an event: when, which, and the how-manieth of its batch.
    private static func ulid(_ event: Telemetry.Event) -> String {
        var dice = Dice(UInt64(bitPattern: event.id))
        return "01\(dice.hex(24).uppercased())_\(event.number)"
    }

    private static func info(_ event: Telemetry.Event) -> [String: String] {
        switch event.what {
        case .resolved(let name, let answer): ["dnsRequest": name, "dnsResponse": "type: 1 \(answer);"]
        case .connected(let address, let port, let incoming):
            [
                "dstIp": address, "dstPort": String(port), "srcPort": String(49_152 + event.number % 10_000),
                "netEventDirection": incoming ? "INCOMING" : "OUTGOING",
            ]
        case .listened(let port): ["dstPort": String(port), "netEventDirection": "INCOMING"]
        case .registry(let key, let value, let content):
            ["registryKeyPath": key, "registryPath": key + #"\"# + value, "registryValue": content]
        case .loggedIn(let user, let type, let from):
            [
                "loginsUserName": user, "loginType": type, "loginAccountDomain": "TIDEWATER", "srcMachineIp": from,
                "loginIsSuccessful": "true", "loginIsAdministratorEquivalent": "false",
            ]
        case .noticed(let indicator):
            [
                "indicatorName": indicator.technique, "indicatorCategory": indicator.category,
                "indicatorDescription": indicator.description,
            ]
        case .loaded(let file): ["modulePath": file.path, "moduleSha1": file.sha1]
        case .began, .ended, .wrote, .changed, .removed, .renamed, .fetched, .scheduled: [:]
        }
    }
}

extension AlertFacts.Process {
    fileprivate init(_ process: Telemetry.Process, _ event: Telemetry.Event) {
        let (seen, image) = (process.seen, process.seen.image)
        self.init(
            name: image.name, pid: seen.pid, startedAt: process.startedAt, commandLine: seen.commandLine,
            path: image.path, md5: image.md5, sha1: image.sha1, sha256: image.sha256,
            signer: image.isSigned ? image.publisher : nil, integrity: seen.integrity, storyline: event.storyline,
            uniqueID: seen.key, user: seen.user)
    }
}
