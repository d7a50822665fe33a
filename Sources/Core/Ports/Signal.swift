/// Something that happened, as one value that is a log line and a metric: the line is written, the event is counted.
package struct Signal: Sendable {
    /// `error`: a person must act. `warning`: we coped. `info`: life cycle, actions, a summary each minute. `debug`:
    /// per turn.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    }

    /// A noun and a verb in the past: `turn.committed`. Only a literal can become one, so their number is bounded and
    /// each can be a metric.
    package struct Event: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let name: String
        package init(stringLiteral literal: StaticString) { name = literal.description }
        package var description: String { name }
    }

    package let level: Level
    package let event: Event
    package let fields: [(field: LogField, value: LogValue)]

    package init(_ level: Level, _ event: Event, _ fields: [(field: LogField, value: LogValue)] = []) {
        self.level = level
        self.event = event
        self.fields = fields
    }
}

/// Every key that a log line may have. `at`, `level` and `event` are on every line and belong to the writer.
package enum LogField: String, Sendable, CaseIterable {
    case service, instance, stage, loop, version
    case topic, partition, offset
    case console, `case`, action, trace, attempt, outcome, label
    case count, bytes, seam, signal, path
    case records, turns, entries, outputs, aborted, calls
    case headline, address, stream
    case waited, throttled, retried, declined
    case setAside = "set_aside"
    case longestWaitMilliseconds = "longest_wait_ms"
    case longestTurnMilliseconds = "longest_turn_ms"
    case durationMilliseconds = "duration_ms"
    case lagMilliseconds = "lag_ms"
    case exitCode = "exit_code"
    case errorCode = "error.code"
    case errorRemedy = "error.remedy"
    case errorDetail = "error.detail"
    case httpHost = "http.host"
    case httpStatus = "http.status"
}

/// What a field may hold. Redaction is by type: a secret is kept as a secret and prints as one.
package enum LogValue: Sendable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case secret(Secret)

    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }

    package static func number(_ value: some BinaryInteger) -> LogValue { .integer(Int64(clamping: value)) }
    package static func milliseconds(_ value: Duration) -> LogValue { .integer(value.wholeMilliseconds) }
    package static func name(_ value: some CustomStringConvertible) -> LogValue { .text(value.description) }
}

/// Where signals go: a value that is handed to whoever has something to tell.
package struct Signals: Sendable {
    package let emit: @Sendable (Signal) -> Void

    package init(emit: @escaping @Sendable (Signal) -> Void) { self.emit = emit }

    package static let none = Signals { _ in }

    /// The same, with these fields in front of every signal.
    package func adding(_ context: KeyValuePairs<LogField, LogValue>) -> Signals {
        let context = context.map { (field: $0.key, value: $0.value) }
        return Signals { [emit] in emit(Signal($0.level, $0.event, context + $0.fields)) }
    }

    package func debug(_ event: Signal.Event, _ fields: KeyValuePairs<LogField, LogValue> = [:]) {
        send(.debug, event, fields)
    }

    package func info(_ event: Signal.Event, _ fields: KeyValuePairs<LogField, LogValue> = [:]) {
        send(.info, event, fields)
    }

    package func warning(_ event: Signal.Event, _ fields: KeyValuePairs<LogField, LogValue> = [:]) {
        send(.warning, event, fields)
    }

    package func error(_ event: Signal.Event, _ fields: KeyValuePairs<LogField, LogValue> = [:]) {
        send(.error, event, fields)
    }

    /// A failure with its code, remedy and detail, at the level that its remedy has.
    package func failure(
        _ event: Signal.Event, _ failure: some Failure, _ fields: KeyValuePairs<LogField, LogValue> = [:]
    ) {
        let about: [(field: LogField, value: LogValue)] = [
            (.errorCode, .text(failure.code)), (.errorRemedy, .text(failure.remedy.rawValue)),
            (.errorDetail, .text(failure.detail)),
        ]
        emit(Signal(failure.remedy.level, event, fields.map { (field: $0.key, value: $0.value) } + about))
    }

    private func send(_ level: Signal.Level, _ event: Signal.Event, _ fields: KeyValuePairs<LogField, LogValue>) {
        emit(Signal(level, event, fields.map { (field: $0.key, value: $0.value) }))
    }
}

extension Remedy {
    /// How loudly a failure with this remedy is told.
    package var level: Signal.Level {
        switch self {
        case .abort, .hold, .refuse: .info
        case .retry, .setAside, .inquire: .warning
        case .stop: .error
        }
    }
}
