// ingest: polls the consoles and publishes what they show.

import Boot

let boot = Boot("ingest")
let settings = boot.settings { DocketSettings(&$0) }
boot.loop("observe") { stop in try observe(until: stop, boot: boot, settings: settings) }
boot.run()
