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
        signals: boot.signals)
    var runner = FeedRunner(
        feed, name: "observe", on: log, calls: try settings.calls.client(), in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "observe")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}
