// The smallest program there can be, for the tests of Boot and Lifecycle: it has the shape of every other one.

import Boot
import Lifecycle
import Pipeline
import Ports
import Telemetry

let boot = Boot("probe")
let settings = boot.settings(ProbeSettings.init)
boot.show(by: .loop, [.count(.recordsConsumed, "records")])
boot.loop("probe-loop") { stop in
    try Probe(settings: settings, seams: boot.seams, signals: boot.signals) { boot.pace($0, loop: "probe-loop") }
        .run(until: stop)
}
boot.loop("bystander") { stop in
    try Bystander(settings: settings) { boot.pace($0, loop: "bystander") }.run(until: stop)
}
boot.run(serving: settings.monitor)
