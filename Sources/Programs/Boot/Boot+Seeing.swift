import HTTPServer
package import Lifecycle
package import Ports
import Synchronization
package import Telemetry

// How a program shows itself: the numbers of its loops, the pages that tell them, and a line on a terminal.
extension Boot {
    /// What the live line and the line of each minute tell, grouped by this label. Said before the loops run.
    package func show(by group: Metric.Label, _ items: [Headlines.Item]) {
        headlines.withLock { $0 = Headlines(by: group, items) }
    }

    /// The pace of one loop, which notes that it goes on and what it did.
    package func pace(_ stop: StopSign, loop: String) -> Pace {
        let headline = headline { sample in
            sample.metric.labels.firstIndex(of: .loop).map { sample.values[$0] == loop } ?? true
        }
        let watch = LoopWatch(
            loop: loop, signals: signals.adding([.loop: .text(loop)]), meters: book.meters.adding([.loop: loop]),
            vitals: vitals, headline: headline)
        return Pace(stop, watch: watch, clock: Self.clock)
    }

    /// The headlines of some samples; rates are told from one call to the next.
    private func headline(of isWanted: @escaping @Sendable (Sample) -> Bool) -> @Sendable () -> String {
        let lines = headlines.withLock { $0 }
        guard let lines else { return { "" } }
        let kept = Kept(lines)
        let start = ContinuousClock.now
        return { [book] in
            kept.headlines.withLock { $0.line(book.samples.filter(isWanted), at: .now - start) }
        }
    }

    private final class Kept: Sendable {
        let headlines: Mutex<Headlines>
        init(_ headlines: Headlines) { self.headlines = Mutex(headlines) }
    }

    /// Where stderr is a terminal that can show one.
    func liveLine() -> LiveLine? {
        let environment = environment
        guard Telemetry.liveWidth(environment: environment) != nil else { return nil }
        let headline = headline { _ in true }
        return LiveLine(telemetry, width: { Telemetry.liveWidth(environment: environment) }) { [service] in
            let text = headline()
            return "\(service)  \(text.isEmpty ? "nothing to tell yet" : text)"
        }
    }

    /// Listens where the settings say. Nothing that is shown is worth more than the work: where a port that nobody
    /// named is another's, any other will do, and where none can be had, none is. A place that the operator named is
    /// counted on by somebody, so the program ends if it cannot be had.
    func serve(_ settings: MonitorSettings) -> HTTPServer? {
        guard let place = settings.places[service] else { return nil }
        book.meters.tell(.build, .set(1), [.service: service, .version: Self.version])
        let monitor = monitor(stalledAfter: settings.stalledAfter)
        do throws(HTTPServerFailure) {
            return try listen(place.address, place.port, monitor)
        } catch {
            if place.isNamed { fail(error) }
            signals.warning("monitor.moved", [.errorCode: .text(error.code), .errorDetail: .text(error.detail)])
        }
        do throws(HTTPServerFailure) {
            return try listen(place.address, 0, monitor)
        } catch {
            signals.warning("monitor.unavailable", [.errorCode: .text(error.code), .errorDetail: .text(error.detail)])
            return nil
        }
    }

    private func listen(_ address: String, _ port: UInt16, _ monitor: Monitor) throws(HTTPServerFailure) -> HTTPServer {
        var settings = HTTPServerSettings()
        settings.address = address
        settings.port = port
        settings.connections = 16
        settings.idleTimeout = .seconds(10)
        settings.bodyLimit = 4 << 10
        let server = try HTTPServer(settings) { .answer(monitor.answer($0)) }
        signals.info("monitor.listening", [.address: .text("http://\(address):\(server.port)")])
        return server
    }

    private func monitor(stalledAfter limit: Duration) -> Monitor {
        Monitor(
            service: service, instance: instance, vitals: vitals, stalledAfter: limit,
            samples: { [book, telemetry, process] in book.samples + telemetry.samples + process.samples },
            partitions: { [book] in book.value(.partitions, [$0]) })
    }
}
