import Ports

/// What an endpoint is made of: drawn once, and told when asked for.
struct Identity: Sendable {
    let ordinal: Int
    let home: Int
    let platformNumber: Int
    let machineNumber: Int
    let userNumber: Int
    let registeredAt: Timestamp
    /// Bits that the many small differences between endpoints are made of.
    let traits: UInt64
    let cast: Cast

    private var site: Int { cast.groups[home].site }
    /// Whether a trait holds that one of so many endpoints has.
    private func has(_ number: UInt64, oneOf count: UInt64) -> Bool { (traits >> (number * 4)) % count == 0 }

    var platform: Platform { Platform.all[platformNumber] }
    var isWindows: Bool { platform.type == "windows" }
    var isWorkstation: Bool { platform.machineTypes[machineNumber] != "server" }
    var isMac: Bool { platform.type == "macos" }
    var isLinux: Bool { platform.type == "linux" }
    var machineType: String { isKubernetesNode ? "kubernetes node" : platform.machineTypes[machineNumber] }

    var name: String {
        let number = String(1_000_000 + ordinal).dropFirst(ordinal < 9_999 ? 3 : 1)
        return cast.prefixes[site] + (isWorkstation ? "-WKS-" : "-SRV-") + number
    }

    /// Who mostly works at it.
    var user: String { Names.people[userNumber] }
    var mail: String { "\(user)@tidewater.example" }
    var domain: String { isWindows ? "TIDEWATER" : "tidewater.example" }
    var osArch: String { isMac ? "ARM64" : isWorkstation && has(0, oneOf: 9) ? "32 bit" : "64 bit" }

    /// Years behind, and without the newer hashes.
    var isOld: Bool { has(1, oneOf: 7) }
    var agentVersion: String {
        if isOld { return isWindows ? "21.7.4.1043" : "21.10.3.3" }
        return isWindows ? (has(2, oneOf: 3) ? "24.1.4.257" : "25.2.1.108") : "25.2.1.21"
    }
}

// Where it is in the network.
extension Identity {
    private var high: Int { ordinal / 240 % 240 }
    private var low: Int { 10 + ordinal % 240 }

    var address: String { "10.\(20 + (site + 10 * (ordinal / 57_600)) % 230).\(high).\(low)" }
    var gateway: String { "10.\(20 + (site + 10 * (ordinal / 57_600)) % 230).\(high).1" }
    /// Of a second interface, where there is one.
    var secondAddress: String? { has(3, oneOf: 4) ? "192.168.\(56 + high % 8).\(low)" : nil }
    var addresses: [String] { secondAddress.map { [address, $0] } ?? [address] }
    var addressesV6: [String] { has(4, oneOf: 2) ? ["fe80::10:\(high):\(low)"] : [] }
    var externalAddress: String { "198.51.100.\(1 + ordinal % 250)" }
    var hardwareAddress: String { "02:00:\(pair(site % 256)):\(pair(home % 256)):\(pair(high)):\(pair(low))" }
    var secondHardwareAddress: String { "02:01:\(pair(site % 256)):\(pair(home % 256)):\(pair(high)):\(pair(low))" }
}

// What it is part of.
extension Identity {
    var isContainerHost: Bool { isLinux && has(5, oneOf: 2) }
    var isKubernetesNode: Bool { isContainerHost && has(6, oneOf: 2) }
    var isInECS: Bool { isContainerHost && !isKubernetesNode && cloud == "AWS" }

    /// `AWS`, `Azure` or `GCP`; nil for what stands in an office.
    var cloud: String? {
        guard !isWorkstation else { return nil }
        return isKubernetesNode ? "AWS" : [nil, "AWS", "Azure", "GCP"][Int((traits >> 28) % 4)]
    }

    /// Nil for whoever is nowhere in particular.
    var location: Int? { has(8, oneOf: 3) ? Int((traits >> 36) % 2) : nil }

    /// By number in `Tag.all`.
    var tags: [Int] {
        var tags = isWorkstation ? [] : [0]
        if has(9, oneOf: 3) { tags.append(2 + userNumber % 3) }
        if isContainerHost { tags.append(5) }
        if isWorkstation, has(10, oneOf: 4) { tags.append(1) }
        return tags
    }

    var groupsInDirectory: [String] {
        guard isWindows else { return [] }
        return ["CN=Endpoints,OU=Groups,DC=tidewater,DC=example"]
            + (has(11, oneOf: 2) ? ["CN=Pilot \(home % 4),OU=Groups,DC=tidewater,DC=example"] : [])
    }
}

// How it is.
extension Identity {
    var userActions: [String] {
        if isOld { return ["upgrade_needed"] }
        if isMac, !missingPermissions.isEmpty { return ["user_action_needed"] }
        return has(12, oneOf: 9) ? ["reboot_needed"] : []
    }

    var missingPermissions: [String] {
        isMac && has(13, oneOf: 2) ? ["user_action_needed_fda", "user_action_needed_network"] : []
    }

    var scanStatus: String { has(14, oneOf: 8) ? "started" : has(14, oneOf: 5) ? "aborted" : "finished" }
    var isEncrypted: Bool { isWorkstation && !has(15, oneOf: 4) }
}

struct Platform: Sendable {
    let type: String
    let name: String
    let revision: String
    let installer: String
    let machineTypes: [String]

    static let all = [
        Platform(
            type: "windows", name: "Windows 11 Enterprise", revision: "26100", installer: ".msi",
            machineTypes: ["laptop", "desktop"]),
        Platform(
            type: "windows", name: "Windows 10 Pro", revision: "19045", installer: ".exe",
            machineTypes: ["laptop", "desktop"]),
        Platform(
            type: "windows", name: "Windows Server 2022 Standard", revision: "20348", installer: ".msi",
            machineTypes: ["server"]),
        Platform(
            type: "linux", name: "Debian GNU/Linux", revision: "12 (bookworm)", installer: ".deb",
            machineTypes: ["server"]),
        Platform(type: "macos", name: "macOS", revision: "15.1", installer: ".pkg", machineTypes: ["laptop"]),
    ]
}

/// A label that people put on endpoints.
struct Tag: Sendable {
    let key: String
    let value: String
    let description: String

    static let all = [
        Tag(key: "tier", value: "0", description: "Servers that everything depends on"),
        Tag(key: "tier", value: "2", description: "Ordinary desks"),
        Tag(key: "team", value: "finance", description: "Handles money"),
        Tag(key: "team", value: "research", description: "Handles plans"),
        Tag(key: "team", value: "yard", description: "Handles goods"),
        Tag(key: "runtime", value: "containers", description: "Runs the work of others"),
    ]
}

private func pair(_ number: Int) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: [digits[number / 16 % 16], digits[number % 16]], as: UTF8.self)
}
