package import Ports

/// Where each program shows how it is, and when a loop counts as stuck.
package struct MonitorSettings: Sendable, Equatable {
    /// A port that was chosen for a program may be another's on this machine; one that the operator named is meant.
    package struct Place: Sendable, Equatable {
        package let address: String
        package let port: UInt16
        package let isNamed: Bool

        /// Nobody but this machine can ask there.
        package var isLoopback: Bool { address.hasPrefix("127.") }
    }

    /// By program; one that shows nothing has none.
    package let places: [String: Place]
    package let stalledAfter: Duration

    package static let standardPorts: KeyValuePairs<String, UInt16> = [
        "ingest": 9_464, "enrich": 9_465, "playbook": 9_466,
    ]

    package init(
        _ section: inout SettingsSection, ports: KeyValuePairs<String, UInt16> = MonitorSettings.standardPorts
    ) {
        var places: [String: Place] = [:]
        for (program, port) in ports {
            let named = section.optional(program) {
                $0.text($1, expecting: "a numeric IPv4 address and a port, as 127.0.0.1:\(port), or off") {
                    $0 == "off" || Place(asWritten: $0) != nil
                }
            }
            switch named {
            case nil: places[program] = Place(address: "127.0.0.1", port: port, isNamed: false)
            case let text?: places[program] = Place(asWritten: text)
            }
        }
        self.places = places
        stalledAfter = section.duration(
            "stalled-after", default: .seconds(120), in: .seconds(1) ... .seconds(3_600))
    }
}

extension MonitorSettings.Place {
    fileprivate init?(asWritten text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), !parts[1].hasPrefix("+") else { return nil }
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 4, numbers.allSatisfy({ UInt8($0).map(String.init) == String($0) }) else { return nil }
        self.init(address: String(parts[0]), port: port, isNamed: true)
    }
}
