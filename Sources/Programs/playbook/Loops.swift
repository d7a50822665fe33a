import ActionLedger
import Boot
import Contracts
import Crypto
import Lifecycle
import Pipeline
import Playbook
import Ports
import Stages

func plan(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let log = try boot.log(settings, loop: "plan").member(of: catalogue.loops.plan)
    let playbook = Playbook.containment(needsApproval: settings.actions.needsApproval)
    let stage = PlanStage(catalogue, playbook: playbook, version: String(SHA256(of: playbook.text).hex.prefix(8)))
    var runner = StageRunner(stage, name: "plan", on: log, in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "plan")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
}

func perform(until stop: StopSign, boot: Boot, settings: DocketSettings) throws {
    let catalogue = settings.catalogue
    let store = try boot.log(settings, loop: "perform")
    let log = try store.member(of: catalogue.loops.perform)
    let performer = ActionPerformer(
        catalogue, consoles: boot.consoles(settings) { $0.writerToken },
        settings: PerformSettings(
            isDryRun: settings.actions.isDryRun, needsApproval: settings.actions.needsApproval,
            limits: settings.actions.limits),
        context: settings.actions.orders(of: settings.deployment),
        controls: try store.tail(of: [catalogue.controls.name]),
        cases: try store.tail(of: [catalogue.investigations.name]), signals: boot.signals,
        clock: Boot.clock)
    var runner = EffectRunner(
        performer, name: "perform", on: log, calls: try settings.calls.client(), in: boot.runner(settings))
    var pace = boot.pace(stop, loop: "perform")
    try pace.run({ (waiting) throws(LogFailure) in try runner.step(waiting: waiting) }) { runner.takeStatistics() }
    try runner.finish()
}
