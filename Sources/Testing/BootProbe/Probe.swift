import Lifecycle
import Pipeline
import Ports

struct ProbeSettings: Sendable {
    enum Mode: String, CaseIterable { case wait, end, fail, unavailable, fenced, stubborn, linger }

    let mode: Mode
    let token: SecretFile?

    init(_ section: inout SettingsSection) {
        mode = section.choice("mode", default: .wait)
        token = section.optional("token") { $0.secretFile($1) }
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

    init(_ settings: ProbeSettings, seams: Seams, signals: Signals) {
        self.settings = settings
        self.seams = seams
        self.signals = signals
    }

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
        }
    }
}

/// The loop beside it, which stops when asked: at once, or after a while.
struct Bystander {
    let settings: ProbeSettings

    func run(until stop: StopSign) {
        while !stop.wait(atMost: .seconds(3_600)) {}
        if settings.mode == .linger { StopSign().wait(atMost: .seconds(1)) }
    }
}

private struct Unnamed: Error {}
