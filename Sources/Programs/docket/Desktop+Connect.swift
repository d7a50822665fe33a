import Boot
import Foundation
import Investigation
import Operator
import Ports
import SentinelOne
import Settings

extension Desktop {
    /// Longer than a console that is alive takes for a dozen small answers, at its own pace.
    private static let probing = Duration.seconds(30)

    /// Asks the consoles what their tokens may do. The tokens themselves go nowhere but there.
    func connect(_ what: Command.Connect) throws {
        let consoles = settings.consoles.filter { what.console == nil || what.console == $0.id.rawValue }
        guard !consoles.isEmpty else {
            throw Refusal(
                "no console \(what.console ?? "") in the settings", candidates: settings.consoles.map(\.id.rawValue))
        }
        let calls = try settings.pacedCalls(percent: { _ in 100 }, signals: .none)
        var check = ConsoleCheck(consoles.flatMap(lines))
        drive(&check, by: calls)
        let report = check.report(at: Boot.clock())
        emit(invocation.isJSON ? report.json(strict: what.isStrict) : report.text(on: terminal.paper))
        exit(report.exitCode(strict: what.isStrict))
    }

    private func lines(of console: ConsoleSettings) -> [ConsoleCheck.Line] {
        let files = [(TokenUse.reader, console.readerToken)] + (console.writerToken.map { [(.writer, $0)] } ?? [])
        return files.map { use, file in
            do throws(FileFailure) {
                let token = try file.secret()
                return .init(Console(id: console.id.rawValue, origin: console.origin, token: token), use: use)
            } catch {
                return .init(console.id.rawValue, url: "\(console.origin)", use: use, fault: error.detail)
            }
        }
    }

    /// Until everything is answered or the time is up: what is not known by then is reported as not known.
    private func drive(_ check: inout ConsoleCheck, by calls: any HTTPCalls) {
        let end = ContinuousClock.now + Self.probing
        var sent: [CallID: Timestamp] = [:]
        while !check.isOver {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { break }
            for (call, request) in check.next() {
                var request = request
                request.deadline = min(request.deadline, left)
                sent[call] = Boot.clock()
                calls.start(request, as: call)
            }
            let ended = calls.finished(waiting: min(left, .milliseconds(200)))
            let now = Boot.clock()
            for (call, result) in ended {
                guard let sentAt = sent[call] else { continue }
                check.took(result, of: call, sentAt: sentAt, receivedAt: now)
            }
            if !invocation.isJSON {
                let progress = check.progress
                terminal.showProgress("asking the consoles: \(progress.ended) of \(progress.of) answered")
            }
        }
        terminal.showProgress(nil)
    }
}
