package import Ports

/// The events around a threat, or that the console does not keep them any more: that is a fact, and no error.
package enum Telemetry: Sendable {
    case page(Page)
    case expired

    /// Reads the answer to `Console.events(of:from:)`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        do {
            self = .page(try Page(result, of: .events, from: console))
        } catch {
            guard case .success(let answer) = result, answer.saysNoSuchObject else { throw error }
            self = .expired
        }
    }
}
