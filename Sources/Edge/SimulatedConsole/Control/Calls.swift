import Ports

/// How often the API is called: per operation, and per prefix of the rate limits within the last seconds.
struct Calls: Sendable {
    private(set) var operations: [String: Int] = [:]
    private(set) var prefixes: [String: Window] = [:]

    mutating func note(_ operation: Operation, at moment: Timestamp) {
        operations[operation.name, default: 0] += 1
        prefixes[RateLimit.of(operation).prefix, default: Window()].note(moment)
    }

    mutating func noteOverLimit(_ operation: Operation) {
        prefixes[RateLimit.of(operation).prefix, default: Window()].overLimit += 1
    }

    /// When the calls of the last minute came.
    struct Window: Sendable {
        private var moments: [Timestamp] = []
        /// What is before it is older than a minute, and goes when it is the greater part.
        private var first = 0
        /// Where the last ten seconds begin.
        private var recent = 0
        private(set) var highest = 0
        /// Calls that the published limits would not have let through.
        var overLimit = 0

        mutating func note(_ moment: Timestamp) {
            moments.append(moment)
            forget(before: moment)
            highest = max(highest, moments.count - recent)
        }

        private mutating func forget(before moment: Timestamp) {
            while recent < moments.count, moments[recent] <= moment - .seconds(10) { recent += 1 }
            while first < moments.count, moments[first] <= moment - .seconds(60) { first += 1 }
            guard first > 1_000, first * 2 > moments.count else { return }
            moments.removeFirst(first)
            recent -= first
            first = 0
        }

        func count(within time: Duration, until moment: Timestamp) -> Int {
            moments.count - (moments.firstIndex { $0 > moment - time } ?? moments.count)
        }
    }
}

extension SimulatedConsole {
    /// How it was called, and how fast; the highest rate is the most calls that any ten seconds have seen.
    var callTruth: JSON {
        let prefixes = calls.prefixes.mapValues { window -> JSON in
            [
                "last10s": .number(Int64(window.count(within: .seconds(10), until: now))),
                "last60s": .number(Int64(window.count(within: .seconds(60), until: now))),
                "highest10s": .number(Int64(window.highest)), "overLimit": .number(Int64(window.overLimit)),
            ]
        }
        return [
            "now": .time(now), "operations": .object(calls.operations.mapValues { .number(Int64($0)) }),
            "prefixes": .object(prefixes),
        ]
    }
}
