import Ports

extension Operation {
    static let aboutRules = [
        Operation("GET", "/cloud-detection/rules", .permission("Custom Rules.view")) { console, call throws(Refusal) in
            let rows = Rule.all.map { RuleRow(rule: $0, console: console) }
            return try Excerpt.rules.answer(rows, to: call.request.query) { $0.write(to: &$1) }
        },
        Operation("GET", "/activities/types", .permission("Activity Page.view")) { _, _ throws(Refusal) in
            var out = JSONWriter(reserving: 1 << 14)
            out.object { out in
                out.list("data", of: Activity.Kind.allCases) { out, kind in
                    out.object { out in
                        out.number("id", kind.rawValue)
                        out.text("action", kind.action)
                        out.text("descriptionTemplate", kind.template)
                    }
                }
            }
            return out.bytes
        },
    ]
}

/// A rule with what came of it.
struct RuleRow: Sendable {
    let rule: Rule
    let id: Int64
    let scope: [Scope]
    let account: Scope
    let creator: Person
    let madeAt: Timestamp
    let alerts: Int
    let lastAlertAt: Timestamp?

    init(rule: Rule, console: SimulatedConsole) {
        self.rule = rule
        id = console.cast.numbering.id(.rule, rule.ordinal)
        account = console.cast.accounts[0]
        scope =
            switch rule.scopeLevel {
            case .global: []
            case .account: [account]
            case .site: [console.cast.sites[0].scope]
            case .group: [console.cast.groups[0].scope]
            }
        creator = console.administrator
        madeAt = console.settings.start - .seconds(86_400 * (20 + rule.ordinal))
        let own = console.alerts.filter { $0.rule == rule.ordinal }
        alerts = own.count
        lastAlertAt = own.last?.createdAt
    }

    func write(to out: inout JSONWriter) {
        out.object { out in
            out.id("id", id)
            out.text("name", rule.name)
            out.text("description", rule.description)
            out.text("severity", rule.severity.rawValue)
            out.text("status", "Active")
            out.text("statusReason", "")
            out.text("queryType", rule.isScheduled ? "scheduled" : rule.queryType)
            out.text("queryLang", rule.isScheduled ? "2.0" : "1.0")
            out.text("s1ql", rule.query)
            out.text("treatAsThreat", rule.treatAsThreat)
            out.text("expirationMode", "Permanent")
            out.null("expiration")
            out.flag("expired", false)
            out.flag("activeResponse", rule.treatAsThreat != "UNDEFINED")
            out.flag("networkQuarantine", false)
            out.flag("reachedLimit", false)
            out.flag("editable", true)
            out.number("generatedAlerts", alerts)
            out.time("lastAlertTime", lastAlertAt)
            writePlace(to: &out)
        }
    }

    private func writePlace(to out: inout JSONWriter) {
        out.text("scope", rule.scopeLevel.rawValue)
        out.texts("scopeId", scope.map { String($0.id) })
        out.id("accountId", account.id)
        out.text("accountName", account.name)
        let site = rule.scopeLevel == .site ? scope.first : nil
        out.id("siteId", site?.id)
        out.text("siteName", site?.name)
        out.null("advancedDetectionParams")
        out.text("creator", creator.name)
        out.id("creatorId", creator.id)
        out.id("updaterId", creator.id)
        out.object("enrichment") { out in
            out.id("creator", creator.id)
            out.id("updater", creator.id)
            out.id("scopeName", scope.first?.id)
        }
        out.time("createdAt", madeAt)
        out.time("updatedAt", madeAt)
    }
}

extension Excerpt where Row == RuleRow {
    static var rules: Excerpt {
        Excerpt(
            id: \.id,
            sorts: [
                "id": \.id, "createdAt": \.madeAt.microseconds, "updatedAt": \.madeAt.microseconds,
                "generatedAlerts": { Int64($0.alerts) },
                "severity": { row in Int64(Rule.Severity.allCases.firstIndex(of: row.rule.severity) ?? 0) },
                "lastAlertTime": { $0.lastAlertAt?.microseconds ?? 0 },
            ],
            parameters: [
                "ids": ids(\.id), "accountIds": ids(\.account.id), "expired": flags { _ in false },
                "reachedLimit": flags { _ in false }, "activeResponse": flags { $0.rule.treatAsThreat != "UNDEFINED" },
                "queryType": choices(["events", "processes", "advanceddetection"], \.rule.queryType),
                "status": choices(
                    ["Draft", "Activating", "Active", "Disabling", "Disabled", "Deleted", "Deleting"]) { _ in "Active"
                    },
                "scopes": choices(["site", "global", "account", "group"], \.rule.scopeLevel.rawValue),
                "name__contains": containing(\.rule.name), "description__contains": containing(\.rule.description),
                "s1ql__contains": containing(\.rule.query), "query": containing(\.rule.name),
                // Scheduled rules are not legacy, and are shown to those only who say that they know of them.
                "isLegacy": { (name, text) throws(Refusal) in
                    guard ["true", "false"].contains(text) else { throw .invalid("\(name): Not a valid boolean.") }
                    return { text == "false" || !$0.rule.isScheduled }
                },
            ],
            unlessAsked: ["isLegacy": { !$0.rule.isScheduled }])
    }
}
