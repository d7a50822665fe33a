/// Everything that Docket counts or shows, each with its name in `/metrics`. What is not listed here cannot be
/// measured, so their number is bounded and each is explained.
///
/// A name ends with the unit where there is one; a counter's samples get `_total` behind it.
package enum Metric: String, Sendable, CaseIterable {
    // What ingest publishes.
    case recordsPublished = "docket_records_published"
    case versionsPublished = "docket_versions_published"
    case recordsFiltered = "docket_records_filtered"
    case publishLag = "docket_publish_lag_seconds"
    case newestRecord = "docket_newest_record_timestamp_seconds"
    case gapsFound = "docket_gaps_found"
    case gapsRepaired = "docket_gaps_repaired"
    case wholeWalk = "docket_whole_walk_timestamp_seconds"
    case streamState = "docket_stream_state"
    case streamSilent = "docket_stream_silent"
    // The consoles.
    case consoleCalls = "docket_console_calls"
    case callsLimited = "docket_console_calls_limited"
    case consoleReachable = "docket_console_reachable"
    case tokenExpiry = "docket_token_expiry_timestamp_seconds"
    // Every loop.
    case turns = "docket_loop_turns"
    case turnsAborted = "docket_loop_turns_aborted"
    case longestTurn = "docket_loop_longest_turn_seconds"
    case recordsConsumed = "docket_loop_records_consumed"
    case journalEntries = "docket_loop_journal_entries"
    case outputs = "docket_loop_outputs"
    case deadLetters = "docket_dead_letters"
    case loopCalls = "docket_loop_calls"
    case logRetries = "docket_loop_log_retries"
    case assignments = "docket_loop_assignments"
    case partitions = "docket_loop_partitions"
    case lastStep = "docket_loop_last_step_timestamp_seconds"
    // The process.
    case processorTime = "docket_process_cpu_seconds"
    case residentMemory = "docket_process_resident_memory_bytes"
    case processStart = "docket_process_start_timestamp_seconds"
    case build = "docket_build_info"
    case events = "docket_events"
    case seriesLeftOut = "docket_series_left_out"
}

extension Metric {
    package enum Kind: String, Sendable { case counter, gauge }

    /// A base unit of OpenMetrics, as the end of a name.
    package enum Unit: String, Sendable, CaseIterable { case seconds, bytes, ratio }

    /// By what a metric's series are told apart.
    package enum Label: String, Sendable, CaseIterable {
        case console, stream, reason, outcome, state
        case loop, topic
        case event, level
        case service, version, metric
    }

    package var name: String { rawValue }
    package var unit: Unit? { Unit.allCases.first { name.hasSuffix("_\($0.rawValue)") } }
    package var kind: Kind { declaration.kind }
    package var labels: [Label] { declaration.labels }
    /// One sentence for whoever reads `/metrics`.
    package var help: String { declaration.help }

    private struct Declaration {
        let kind: Kind
        let labels: [Label]
        let help: String

        static func counter(_ help: String, _ labels: Label...) -> Declaration {
            Declaration(kind: .counter, labels: labels, help: help)
        }

        static func gauge(_ help: String, _ labels: Label...) -> Declaration {
            Declaration(kind: .gauge, labels: labels, help: help)
        }
    }

    private var declaration: Declaration {
        switch self {
        case .recordsPublished: .counter("Records published.", .console, .stream)
        case .versionsPublished: .counter("Records published that are a new version of a known one.", .console, .stream)
        case .recordsFiltered: .counter("Records seen and not published, by reason.", .console, .stream, .reason)
        case .publishLag: .gauge("Age of the newest record when it was published.", .console, .stream)
        case .newestRecord: .gauge("The newest record's own time.", .console, .stream)
        case .gapsFound: .counter("Records that a walk found and polling had missed.", .console, .stream)
        case .gapsRepaired: .counter("Of these, records published since.", .console, .stream)
        case .wholeWalk: .gauge("When a walk over everything was last completed.", .console, .stream)
        case .streamState: .gauge("1 for the state that a stream is in.", .console, .stream, .state)
        case .streamSilent: .gauge("1 where a stream that used to bring records brings none.", .console, .stream)
        case .consoleCalls: .counter("Calls to a console, by what they came to.", .console, .outcome)
        case .callsLimited: .counter("Answers of a console that called for fewer calls (429).", .console)
        case .consoleReachable: .gauge("Whether the last call to a console was answered by it.", .console)
        case .tokenExpiry: .gauge("When the token of a console expires.", .console)
        case .turns: .counter("Turns committed.", .loop)
        case .turnsAborted: .counter("Turns that the log undid; their records came again.", .loop)
        case .longestTurn: .gauge("The longest turn of the last full minute, commit included.", .loop)
        case .recordsConsumed: .counter("Records consumed in committed turns.", .loop)
        case .journalEntries: .counter("Entries journaled in committed turns.", .loop)
        case .outputs: .counter("Records written in committed turns, journal and dead letters aside.", .loop)
        case .deadLetters: .counter("Records set aside, by the topic they came from or were made for.", .loop, .topic)
        case .loopCalls: .counter("Calls started.", .loop)
        case .logRetries: .counter("Steps that failed in a way that another try may mend.", .loop)
        case .assignments: .counter("Assignments of partitions taken.", .loop)
        case .partitions: .gauge("Partitions to work on; 0 while standing by.", .loop)
        case .lastStep: .gauge("When a loop last came to the end of a step.", .loop)
        case .processorTime: .counter("Processor time used.")
        case .residentMemory: .gauge("Memory that is resident.")
        case .processStart: .gauge("When the process was started.")
        case .build: .gauge("Always 1; which program this is, and its version.", .service, .version)
        case .events: .counter("Events told, written to the log or not.", .event, .level)
        case .seriesLeftOut: .counter("Changes counted together as other, for want of room for their series.", .metric)
        }
    }
}
