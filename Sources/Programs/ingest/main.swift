// ingest: polls the consoles and publishes what they show.

import Boot
import Ports
import Telemetry

let boot = Boot("ingest")
let settings = boot.settings { DocketSettings(&$0) }
boot.show(
    by: .console,
    [
        .count(.recordsPublished, "published"), .count(.recordsFiltered, "filtered"), .age(.publishLag, "lag"),
        .rate(.consoleCalls, "calls/s"),
    ])
boot.loop("observe") { stop in try observe(until: stop, boot: boot, settings: settings) }
boot.run(serving: settings.monitor)
