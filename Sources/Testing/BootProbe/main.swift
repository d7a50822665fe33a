// The smallest program there can be, for the tests of Boot and Lifecycle: it has the shape of every other one.

import Boot
import Lifecycle
import Pipeline
import Ports

let boot = Boot("probe")
let settings = boot.settings(ProbeSettings.init)
boot.loop("probe-loop") { stop in
    try Probe(settings, seams: boot.seams, signals: boot.signals).run(until: stop)
}
boot.loop("bystander") { stop in
    Bystander(settings: settings).run(until: stop)
}
boot.run()
