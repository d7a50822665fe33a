import Contracts
import Crypto
import Foundation
package import HTTPClient
import Investigation
import LocalLog
package import Pipeline
package import Ports
package import SentinelOne
import Settings
package import Stages
import Synchronization
import Telemetry

// What the programs of Docket take from their settings: the log, the way to each console, a client for its calls.
extension Boot {
    package static let clock: @Sendable () -> Timestamp = { LocalStore.systemTime() }

    /// What every runner is given.
    package func runner(_ settings: DocketSettings) -> RunnerSetting {
        RunnerSetting(
            deadLetters: settings.catalogue.deadLetters, clock: Self.clock, seams: seams,
            digest: { SHA256(of: $0).hex }, meters: book.meters)
    }

    /// The log, for the thread of one loop.
    package func log(_ settings: DocketSettings, loop: String) throws(LogFailure) -> Log {
        try Log(settings, as: instance, signals: signals.adding([.loop: .text(loop)]))
    }

    /// The calls of one loop, no faster than the consoles allow this program.
    package func calls(
        _ settings: DocketSettings, loop: String, percent: (RateSettings) -> Int
    ) throws(HTTPClientFailure) -> PacedCalls {
        try settings.pacedCalls(percent: percent, signals: signals.adding([.loop: .text(loop)]))
    }

    /// The consoles with the token that `pick` chooses, those without one among them: what is asked for there is answered.
    package func consoles(
        _ settings: DocketSettings, token pick: (ConsoleSettings) -> SecretFile?
    ) -> [ConsoleAccess] {
        settings.consoles.map { console in
            guard let file = pick(console) else { return ConsoleAccess(console.id, isReadOnly: true) { nil } }
            let token = TokenFile(file, of: console.id, signals: signals)
            let shape = ConsoleShape(
                sieve: Sieve(console.sieve), redaction: console.redaction, shaping: console.shaping)
            return ConsoleAccess(console.id, shape: shape) {
                token.read().map { Console(id: console.id.rawValue, origin: console.origin, token: $0) }
            }
        }
    }
}

extension DocketSettings {
    /// Calls no faster than the consoles allow this share of each token's rate. For the thread that makes it.
    package func pacedCalls(
        percent: (RateSettings) -> Int, signals: Signals
    ) throws(HTTPClientFailure) -> PacedCalls {
        // Where two consoles of the settings are one and the same, the more modest of their shares counts.
        let shares = Dictionary(consoles.map { ($0.origin, percent($0.rate)) }, uniquingKeysWith: min)
        let start = ContinuousClock.now
        return PacedCalls(
            try calls.client(), shares: shares.mapValues { .percent($0) },
            clock: { ContinuousClock.now - start }, pause: { Thread.sleep(forTimeInterval: $0 / .seconds(1)) },
            signals: signals)
    }
}

/// A token's file, read anew for every request, so that a replaced token is used at once. That it cannot be read is
/// told once, and again when it can.
private final class TokenFile: Sendable {
    private let file: SecretFile
    private let console: ConsoleID
    private let signals: Signals
    private let isMissing = Atomic<Bool>(false)

    init(_ file: SecretFile, of console: ConsoleID, signals: Signals) {
        self.file = file
        self.console = console
        self.signals = signals
    }

    func read() -> Secret? {
        do {
            let secret = try file.secret()
            if isMissing.exchange(false, ordering: .relaxed) {
                signals.info("token.found", [.console: .name(console)])
            }
            return secret
        } catch {
            if !isMissing.exchange(true, ordering: .relaxed) {
                signals.failure("token.unreadable", error, [.console: .name(console)])
            }
            return nil
        }
    }
}
