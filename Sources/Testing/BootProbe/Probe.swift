import Boot
import Lifecycle
import Pipeline
import Ports

struct ProbeSettings: Sendable {
    enum Mode: String, CaseIterable {
        case wait, end, fail, unavailable, fenced, stubborn, linger, step, stall, hesitate
    }

    let mode: Mode
    let token: SecretFile?
    let monitor: MonitorSettings?

    init(_ section: inout SettingsSection) {
        mode = section.choice("mode", default: .wait)
        token = section.optional("token") { $0.secretFile($1) }
        monitor = section.optional("monitor") {
            $0.section($1) { MonitorSettings(&$0, ports: ["probe": 9_400]) }
        }
    }
}

struct ProbeFailure: Failure {
    let remedy: Remedy
    var code: String { "probe" }
    var detail: String { "asked for by the test" }
    var exitCode: ExitCode
}

/// A loop that ends in the way that its settings name.
struct Probe {
    let settings: ProbeSettings
    let seams: Seams
    let signals: Signals
    let pace: (StopSign) -> Pace

    func run(until stop: StopSign) throws {
        seams.reached("probe.commit.first.before")
        signals.info("probe.ready")
        seams.reached("probe.commit.first.after")
        switch settings.mode {
        case .wait: while !stop.wait(atMost: .seconds(3_600)) {}
        case .end, .linger: return
        case .fail: throw Unnamed()
        case .unavailable: throw ProbeFailure(remedy: .retry, exitCode: .unavailable)
        case .fenced: throw ProbeFailure(remedy: .stop, exitCode: .temporary)
        case .stubborn:
            let never = StopSign()
            while !never.wait(atMost: .seconds(3_600)) {}
        case .step, .stall, .hesitate: try work(until: stop)
        }
    }

    /// As a real loop does, with nothing to do; one that stalls does not come back from its fourth step.
    private func work(until stop: StopSign) throws(LogFailure) {
        var pace = pace(stop)
        var steps = 0
        try pace.run { (waiting) throws(LogFailure) in
            steps += 1
            if settings.mode == .stall, steps > 3 { StopSign().wait(atMost: .seconds(3_600)) }
            if settings.mode == .hesitate {
                throw LogFailure(.retry, code: "probe.away", detail: "asked for by the test")
            }
            stop.wait(atMost: .milliseconds(20))
            return .committed(records: 1)
        } statistics: {
            var statistics = StageStatistics()
            statistics.turns = 1
            statistics.records = 7
            return statistics
        }
    }
}

/// The loop beside it, which stops when asked: at once, or after a while.
struct Bystander {
    let settings: ProbeSettings
    let pace: (StopSign) -> Pace

    func run(until stop: StopSign) throws {
        if [.step, .stall, .hesitate].contains(settings.mode) {
            var pace = pace(stop)
            return try pace.run { (_) throws(LogFailure) in
                stop.wait(atMost: .milliseconds(20))
                return .idle
            } statistics: {
                StageStatistics()
            }
        }
        while !stop.wait(atMost: .seconds(3_600)) {}
        if settings.mode == .linger { StopSign().wait(atMost: .seconds(1)) }
    }
}

private struct Unnamed: Error {}
