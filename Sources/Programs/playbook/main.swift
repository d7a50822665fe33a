// playbook: decides what a case calls for, and carries it out when the role, the gates and a person permit.

import Boot
import Ports
import Telemetry

let boot = Boot("playbook")
let settings = boot.settings { DocketSettings(&$0) }
boot.show(
    by: .loop,
    [
        .count(.recordsConsumed, "records"), .count(.outputs, "written"), .count(.deadLetters, "set aside"),
        .rate(.loopCalls, "calls/s"),
    ])
boot.loop("plan") { stop in try plan(until: stop, boot: boot, settings: settings) }
boot.loop("perform") { stop in try perform(until: stop, boot: boot, settings: settings) }
boot.run(serving: settings.monitor)
