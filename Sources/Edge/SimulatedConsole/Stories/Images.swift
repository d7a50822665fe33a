import Ports

/// The programs that endpoints come with, and files made on the way. One name in one folder is one content everywhere.
enum Images {
    static let volume = #"\Device\HarddiskVolume3"#
    private static let system32 = volume + #"\Windows\System32"#

    static func homes(_ endpoint: Identity) -> String { endpoint.platform.type == "macos" ? "/Users/" : "/home/" }

    /// A program of the operating system's maker.
    static func windows(_ name: String, in folder: String = "") -> Detection.File {
        known(name, in: system32 + folder, publisher: "MICROSOFT WINDOWS")
    }

    static func unix(_ name: String, in folder: String = "/usr/bin") -> Detection.File { known(name, in: folder) }

    /// Everywhere the same bytes: its hashes follow from its name.
    static func known(_ name: String, in folder: String, publisher: String = "") -> Detection.File {
        var dice = Dice(0, name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        return file(name, in: folder, &dice, publisher: publisher)
    }

    /// Its bytes follow from the dice.
    static func file(
        _ name: String, in folder: String, _ dice: inout Dice, publisher: String = ""
    ) -> Detection.File {
        Detection.File(
            folder: folder, name: name, size: 40_000 + dice.below(900_000), sha1: dice.hex(40),
            sha256: dice.hex(64), md5: dice.hex(32), publisher: publisher)
    }

    static func explorer(on endpoint: Identity) -> Detection.File {
        if endpoint.isWindows {
            return known("explorer.exe", in: volume + #"\Windows"#, publisher: "MICROSOFT WINDOWS")
        }
        return endpoint.platform.type == "macos"
            ? unix("launchd", in: "/sbin") : unix("sshd", in: "/usr/sbin")
    }

    static func services(on endpoint: Identity) -> Detection.File {
        if endpoint.isWindows { return windows("services.exe") }
        return endpoint.platform.type == "macos"
            ? unix("launchd", in: "/sbin") : unix("systemd", in: "/usr/lib/systemd")
    }

    static func shell(on endpoint: Identity) -> Detection.File {
        endpoint.isWindows ? windows("cmd.exe") : unix("bash")
    }

    static let powershell = windows("powershell.exe", in: #"\WindowsPowerShell\v1.0"#)

    static func browser(on endpoint: Identity) -> Detection.File {
        endpoint.isWindows
            ? known(
                "msedge.exe", in: volume + #"\Program Files (x86)\Microsoft\Edge\Application"#,
                publisher: "MICROSOFT CORPORATION")
            : unix("curl")
    }

    static func writer(on endpoint: Identity) -> Detection.File {
        endpoint.isWindows
            ? known(
                "winword.exe", in: volume + #"\Program Files\Microsoft Office\root\Office16"#,
                publisher: "MICROSOFT CORPORATION")
            : unix("soffice.bin", in: "/opt/office/program")
    }
}

/// Names and addresses for what the stories meet outside. The addresses are of the ranges kept for documentation, the
/// names of the top-level domains kept for examples.
enum Outside {
    private static let words = [
        "parcel", "invoice", "cobalt", "meadow", "lantern", "quartz", "harvest", "signal", "ferry", "walnut", "ember",
        "pixel", "tundra", "maple", "orbit", "copper",
    ]
    private static let endings = ["cdn", "sync", "panel", "mail", "static", "relay"]

    /// `meadow-relay41.example`.
    static func name(_ dice: inout Dice) -> String {
        "\(dice.pick(words))-\(dice.pick(endings))\(dice.below(90) + 10).example"
    }

    static func address(_ dice: inout Dice) -> String {
        "\(dice.below(2) == 0 ? "203.0.113" : "192.0.2").\(1 + dice.below(254))"
    }

    static func word(_ dice: inout Dice) -> String { dice.pick(words) }
}
