import Ports

extension Telling {
    /// A signed inventory tool looks busy; days later an analyst says what it is and excludes its folder.
    static let misfire = Telling(
        nature: .benign, hosts: 1...4,
        beats: { incident in
            var beats = incident.agents.indices.map { Beat(.seconds(30 * $0), Deed.detect(part: $0)) }
            beats.append(Beat(.seconds(5_400), .judge(part: 0, .suspicious)))
            for host in incident.agents.indices {
                let turn = Duration.seconds(172_800 + 20 * host)
                beats.append(Beat(turn, .judge(part: host, .falsePositive)))
                beats.append(Beat(turn + .seconds(10), .settle(part: host, .resolved)))
            }
            beats.append(
                Beat(
                    .seconds(173_400),
                    .record(
                        .pathExcluded, .site,
                        data: [
                            "exclusionType": "path", "osFamily": "windows", "value": #"C:\Program Files\Tidewater\"#,
                        ]
                    )))
            return beats
        },
        detection: { part in
            let file =
                part.isWindows
                ? Images.known(
                    "inventory_agent.exe", in: Images.volume + #"\Program Files\Tidewater\Inventory"#,
                    publisher: "TIDEWATER INSTRUMENTS")
                : Images.known(
                    "inventory-agent", in: "/opt/tidewater/inventory", publisher: "TIDEWATER INSTRUMENTS")
            var detection = Detection(of: part, file: file)
            detection.arguments = part.isWindows ? "/collect /quiet" : "--collect"
            detection.originator = part.isWindows ? "services.exe" : Images.services(on: part.endpoint).name
            detection.user = part.system
            detection.classification = "General"
            detection.classificationSource = "Static"
            detection.detectionType = "static"
            detection.confidence = .notAvailable
            detection.engines = [.onWriteSuspicious]
            return detection
        },
        scene: { part, detection in
            var scene = Scene(of: part, storyline: detection.storyline)
            let services = scene.start(Images.services(on: part.endpoint), as: part.system)
            let agent = scene.start(detection.file, detection.arguments ?? "", by: services, isCulprit: true)
            let asked = part.isWindows ? ["systeminfo.exe", "ipconfig.exe", "netstat.exe"] : ["uname", "ip", "ss"]
            for name in asked {
                let image = part.isWindows ? Images.windows(name) : Images.unix(name)
                let child = scene.start(image, part.isWindows ? "/all" : "-a", by: agent)
                scene.end(child)
            }
            scene.find()
            scene.note(
                agent,
                .wrote(
                    Images.known("inventory.json", in: part.isWindows ? detection.file.folder : "/var/lib/tidewater")))
            scene.call("inventory.tidewater.example", "10.20.0.15", port: 8443, by: agent)
            return scene
        })
}
