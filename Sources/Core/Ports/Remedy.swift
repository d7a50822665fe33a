/// What the caller must do next. Every error in Docket answers this one question.
package enum Remedy: String, Sendable, CaseIterable {
    /// The same call again, later.
    case retry
    /// This transaction only: it is undone and done again.
    case abort
    /// This record only: it goes to the dead letters.
    case setAside
    /// This action, for now.
    case hold
    /// This action, for good.
    case refuse
    /// The effect is unknown: ask, never repeat.
    case inquire
    /// This process. Also the answer to whatever nobody classified.
    case stop
}

/// What every adapter's error tells.
package protocol Failure: Error, Sendable, CustomStringConvertible {
    var remedy: Remedy { get }
    /// Short and stable: for metrics, tests and scripts.
    var code: String { get }
    /// For people: what happened, where, and what to do about it. Never a secret.
    var detail: String { get }
    /// How a program ends when this failure ends it.
    var exitCode: ExitCode { get }
}

extension Failure {
    package var description: String { "\(code): \(detail)" }

    /// What a loop could not wait out is unavailable; everything else is unexpected.
    package var exitCode: ExitCode { Self.exitCode(for: remedy) }

    static func exitCode(for remedy: Remedy) -> ExitCode { remedy == .retry ? .unavailable : .unexpected }
}

/// What a log answers when it cannot.
package struct LogFailure: Failure, Equatable {
    package let remedy: Remedy
    package let code: String
    package let detail: String
    package let exitCode: ExitCode

    /// Without an exit code of its own it ends a program as its remedy says.
    package init(_ remedy: Remedy, code: String, detail: String, exitCode: ExitCode? = nil) {
        self.remedy = remedy
        self.code = code
        self.detail = detail
        self.exitCode = exitCode ?? Self.exitCode(for: remedy)
    }
}
