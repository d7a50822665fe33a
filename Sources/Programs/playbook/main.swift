// playbook: decides what a case calls for, and carries it out when the role, the gates and a person permit.

import Boot

let boot = Boot("playbook")
let settings = boot.settings { DocketSettings(&$0) }
boot.loop("plan") { stop in try plan(until: stop, boot: boot, settings: settings) }
boot.loop("perform") { stop in try perform(until: stop, boot: boot, settings: settings) }
boot.run()
