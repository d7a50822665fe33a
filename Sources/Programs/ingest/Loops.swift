import Boot
import Contracts
import Lifecycle
import Pipeline
import Ports
import Stages

func observe(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let store = try boot.log(settings, loop: "observe")
    let log = try store.member(of: catalogue.loops.observe)
    let feed = ObserveFeed(
        catalogue, consoles: boot.consoles(settings) { $0.readerToken }, settings: settings.ingest,
        orders: settings.actions.orders(of: settings.deployment), signals: boot.signals)
    // One call per stream of each console, so that no slow console takes the room of another.
    var limits = FeedRunner<ObserveFeed>.Limits()
    limits.calls = settings.consoles.count * ObservedStream.allCases.count
    var runner = FeedRunner(
        feed, name: "observe", on: log, calls: try boot.calls(settings, loop: "observe") { $0.ingest },
        in: boot.runner(settings), limits: limits,
        tail: { (topic) throws(LogFailure) in try store.tail(of: [topic]) })
    var pace = boot.pace(stop, loop: "observe")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}
