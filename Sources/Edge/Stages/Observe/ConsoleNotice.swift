import Contracts
package import Investigation
package import Ports
import SentinelOne

/// Something about a console that is worth telling once.
package enum ConsoleNotice: Sendable, Equatable {
    /// In at most so many days.
    case tokenEnding(days: Int, at: Timestamp)
    case tokenEnded(at: Timestamp)
    /// Nobody can be warned before it does.
    case tokenEndUnknown(why: String)
    case tokenReplaced
    case tokenFailed(reason: String, remedy: String)
    case tokenAccepted
    case streamOff(String, reason: String, remedy: String, triedAgainAt: Timestamp)
    case streamOn(String)
    case clockWrong(milliseconds: Int)
    case clockRight

    /// As a log line and a metric. `error` where a person must act for the work to go on.
    package func signal(of console: ConsoleID) -> Signal {
        let about: (field: LogField, value: LogValue) = (.console, .name(console))
        switch self {
        case .tokenEnding(let days, let at):
            return Signal(
                days > 1 ? .warning : .error, "token.expiring",
                [about, (.count, .number(days)), (.errorDetail, .text("it ends at \(at); replace its file before"))])
        case .tokenEnded(let at):
            return Signal(
                .error, "token.expired", [about, (.errorDetail, .text("it ended at \(at); replace its file"))])
        case .tokenEndUnknown(let why):
            return Signal(.warning, "token.expiry_unknown", [about, (.errorDetail, .text(why))])
        case .tokenReplaced: return Signal(.info, "token.replaced", [about])
        case .tokenFailed(let reason, let remedy):
            return Signal(.error, "token.failed", [about, (.errorDetail, .text("\(reason); \(remedy)"))])
        case .tokenAccepted: return Signal(.info, "token.accepted", [about])
        case .streamOff(let stream, let reason, let remedy, let again):
            return Signal(
                .error, "stream.stopped",
                [
                    about, (.label, .text(stream)),
                    (.errorDetail, .text("\(reason); \(remedy); it is tried again at \(again)")),
                ])
        case .streamOn(let stream): return Signal(.info, "stream.resumed", [about, (.label, .text(stream))])
        case .clockWrong(let milliseconds):
            return Signal(
                .error, "clock.differed",
                [
                    about, (.lagMilliseconds, .number(milliseconds)),
                    (.errorDetail, .text("beyond 60 s no action is attempted; set this machine's clock")),
                ])
        case .clockRight: return Signal(.info, "clock.agreed", [about])
        }
    }
}
