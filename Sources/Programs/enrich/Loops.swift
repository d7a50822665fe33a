import Boot
import Contracts
import Lifecycle
import Pipeline
import Ports
import Stages

func enrich(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let log = try boot.log(settings, loop: "enrich").member(
        of: "enrich.enrich", reading: EnrichStage.sources(catalogue), journal: nil)
    var runner = StageRunner(EnrichStage(catalogue), name: "enrich", on: log, in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "enrich")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}

func investigate(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let log = try boot.log(settings, loop: "investigate").member(
        of: "enrich.investigate", reading: InvestigateStage.sources(catalogue), journal: catalogue.investigations.name)
    var runner = StageRunner(InvestigateStage(catalogue), name: "investigate", on: log, in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "investigate")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}
