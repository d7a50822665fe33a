// enrich: joins threats with their endpoints, and turns them into cases.

import Boot
import Ports
import Telemetry

let boot = Boot("enrich")
let settings = boot.settings { DocketSettings(&$0) }
boot.show(
    by: .loop,
    [
        .count(.recordsConsumed, "records"), .count(.outputs, "written"), .count(.deadLetters, "set aside"),
        .rate(.recordsConsumed, "records/s"),
    ])
boot.loop("enrich") { stop in try enrich(until: stop, boot: boot, settings: settings) }
boot.loop("investigate") { stop in try investigate(until: stop, boot: boot, settings: settings) }
boot.run(serving: settings.monitor)
