import Boot
import Contracts
import Lifecycle
import Pipeline
import Ports
import Stages

func enrich(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let log = try boot.log(settings, loop: "enrich").member(of: catalogue.loops.enrich)
    var runner = StageRunner(EnrichStage(catalogue), name: "enrich", on: log, in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "enrich")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}

func investigate(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let log = try boot.log(settings, loop: "investigate").member(of: catalogue.loops.investigate)
    var runner = StageRunner(InvestigateStage(catalogue), name: "investigate", on: log, in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "investigate")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}
