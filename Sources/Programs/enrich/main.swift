// enrich: joins threats with their endpoints, and turns them into cases.

import Boot

let boot = Boot("enrich")
let settings = boot.settings { DocketSettings(&$0) }
boot.loop("enrich") { stop in try enrich(until: stop, boot: boot, settings: settings) }
boot.loop("investigate") { stop in try investigate(until: stop, boot: boot, settings: settings) }
boot.run()
