import SimulatedConsole

/// The command line, read completely before anything starts.
struct Arguments {
    enum Reading {
        case run(Arguments)
        case help
        case wrong(String)
    }

    var port: UInt16 = 0
    var controlPort: UInt16 = 0
    var seed: UInt64 = 1
    var agents = 20
    var threatInterval: Duration = .seconds(2)
    var maximumThreats = 1_000
    var effectDelay: Duration = .seconds(1)
    var directory: String?

    static let usage = "usage: simulator --directory DIR [options]; simulator --help tells them"

    static let help = """
        simulator: a small SentinelOne console for demos, training and tests. Everything in it is invented.

        usage: simulator --directory DIR [options]

          --directory DIR      where to write viewer.token, ir-team.token and endpoint.json once it listens (required)
          --port N             port of the console's API on 127.0.0.1; 0 lets the system choose (default 0)
          --control-port N     port of the control side: what really happened, faults, people (default 0)
          --seed N             the same seed tells the same story (default 1)
          --agents N           endpoints in the fleet, 1 to 200000 (default 20)
          --threat-interval T  one detection each T: 500ms, 2s, 5m, 1h (default 2s)
          --max-threats N      detections before it falls silent, 0 to 100000 (default 1000)
          --effect-delay T     from accepting an isolation to its effect (default 1s)
          --help               this text

        Try it:
          curl -H "Authorization: ApiToken $(cat DIR/viewer.token)" http://127.0.0.1:PORT/web/api/v2.1/threats
          curl http://127.0.0.1:CONTROL/effects

        Control side: GET /effects, GET /fleet, DELETE /faults,
          POST /faults {"route":"agents/actions/disconnect","kind":"lose-reply","times":1}
            kinds: lose-reply, lose-request, status, status-after-effect (with "status"),
                   effect-late, slow (with "delayMilliseconds")
          POST /people {"do":"release","agentId":"…"}; also isolate, decommission,
            {"do":"verdict","threatId":"…","analystVerdict":"false_positive"},
            {"do":"status","threatId":"…","incidentStatus":"resolved"}

        Ends with 0 on SIGTERM or SIGINT, 64 on a wrong command line, 1 when it cannot listen or write.
        """

    static func read(_ words: [String]) -> Reading {
        if words.contains("--help") || words.contains("-h") { return .help }
        var arguments = Arguments()
        var rest = words[...]
        while let option = rest.popFirst() {
            let value = rest.popFirst()
            if let complaint = arguments.take(option, value) { return .wrong(complaint) }
        }
        return arguments.directory == nil ? .wrong("--directory is missing") : .run(arguments)
    }

    /// What is wrong with the option, if anything.
    private mutating func take(_ option: String, _ value: String?) -> String? {
        switch option {
        case "--port": return set(\.port, option, value, in: 0...UInt16.max)
        case "--control-port": return set(\.controlPort, option, value, in: 0...UInt16.max)
        case "--seed": return set(\.seed, option, value, in: 0...UInt64.max)
        case "--agents": return set(\.agents, option, value, in: 1...200_000)
        case "--max-threats": return set(\.maximumThreats, option, value, in: 0...100_000)
        case "--threat-interval": return set(\.threatInterval, option, value, atLeast: .milliseconds(1))
        case "--effect-delay": return set(\.effectDelay, option, value, atLeast: .zero)
        case "--directory":
            guard let value, !value.isEmpty else { return "--directory wants a folder" }
            directory = value
            return nil
        default: return "there is no option \(option)"
        }
    }

    private mutating func set<Number: FixedWidthInteger>(
        _ field: WritableKeyPath<Arguments, Number>, _ option: String, _ value: String?, in range: ClosedRange<Number>
    ) -> String? {
        guard let number = value.flatMap({ Number($0) }), range.contains(number) else {
            return "\(option) wants a number from \(range.lowerBound) to \(range.upperBound)"
        }
        self[keyPath: field] = number
        return nil
    }

    private mutating func set(
        _ field: WritableKeyPath<Arguments, Duration>, _ option: String, _ value: String?, atLeast least: Duration
    ) -> String? {
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
        ]
        guard let value, let unit = units.first(where: { value.hasSuffix($0.0) }),
            let count = UInt32(value.dropLast(unit.0.count)), unit.1 * Int(count) >= least
        else { return "\(option) wants a time such as 500ms, 2s, 5m or 1h" }
        self[keyPath: field] = unit.1 * Int(count)
        return nil
    }
}
