package import Ports
package import SentinelOne

/// `docket check --connect`: every token of the settings probed, all of them side by side. Pure: it names calls and takes
/// their results.
package struct ConsoleCheck: Sendable {
    /// One token of one console, or why its file cannot be read.
    package struct Line: Sendable {
        package let console: String
        package let url: String
        package let use: TokenUse
        var probe: ConsoleProbe?
        let fault: String?

        package init(_ console: Console, use: TokenUse) {
            self.console = console.id
            url = "\(console.origin)"
            self.use = use
            probe = ConsoleProbe(console, use: use)
            fault = nil
        }

        package init(_ console: String, url: String, use: TokenUse, fault: String) {
            self.console = console
            self.url = url
            self.use = use
            self.fault = fault
        }
    }

    private var lines: [Line]
    private var questions: [CallID: (line: Int, question: ConsoleProbe.Question)] = [:]

    package init(_ lines: [Line]) { self.lines = lines }

    /// The calls that are due now, each once. Any number may be in flight.
    package mutating func next() -> [(call: CallID, request: HTTPRequest)] {
        var due: [(call: CallID, request: HTTPRequest)] = []
        for index in lines.indices {
            for call in lines[index].probe?.next() ?? [] {
                let id = CallID("\(lines[index].console)/\(lines[index].use.rawValue)/\(call.question)")
                questions[id] = (index, call.question)
                due.append((id, call.request))
            }
        }
        return due
    }

    /// Takes the result of a call that `next` named, with our times of sending and receiving.
    package mutating func took(_ result: HTTPResult, of call: CallID, sentAt: Timestamp, receivedAt: Timestamp) {
        guard let (line, question) = questions.removeValue(forKey: call) else { return }
        lines[line].probe?.took(result, of: question, sentAt: sentAt, receivedAt: receivedAt)
    }

    package var isOver: Bool { lines.allSatisfy { $0.probe?.isOver ?? true } }

    /// How many calls have ended, of how many that are known to be wanted.
    package var progress: (ended: Int, of: Int) {
        lines.compactMap { $0.probe?.progress }.reduce((0, 0)) { ($0.0 + $1.ended, $0.1 + $1.of) }
    }

    /// What is known now.
    package func report(at now: Timestamp) -> ConnectReport {
        ConnectReport(
            lines.map { line in
                .init(
                    console: line.console, url: line.url, use: line.use, report: line.probe?.report(at: now),
                    fault: line.fault)
            })
    }
}
