import Contracts
import JSONView
import PipelineTesting
import Ports
import SentinelOne

/// What may go wrong at a console, one thing at a time, as the simulator names it.
enum Weather {
    private static let routes = ["threats", "cloud-detection/alerts", "activities", "agents", "groups"]

    /// Failures of a call: its kind, and what goes with it.
    private static let failures: [(kind: String, more: String)] = [
        ("lose-reply", ""), ("lose-request", ""), ("status", #","status":500"#), ("slow", ""),
        ("status", #","status":502,"body":"html""#), ("status", #","status":503,"body":"empty""#),
        ("status", #","status":401"#), ("status", #","status":403"#), ("status", #","status":404"#),
        ("status", #","status":200,"body":"login""#), ("status", #","status":200,"body":"empty""#),
        ("status-after-effect", #","status":500"#), ("rate-limited", #","retryAfter":"3""#), ("rate-limited", ""),
        ("rate-limited", #","retryAfter":"soon","body":"html""#), ("rate-limited", #","retryAfter":"-7""#),
        ("rate-limited", #","retryAfter":"Wed, 21 Oct 2015 07:28:00 GMT""#),
        ("forbidden", #","reason":"scope""#), ("redirect", ""), ("errors-beside", ""), ("cut-body", ""),
        ("slow-drip", ""), ("wrong-length", ""), ("empty-body", ""), ("garbage", ""), ("expired-cursor", ""),
        ("gzip-bomb", #","bytes":65536"#),
    ]

    /// Lies about rows and pages.
    private static let lies = [
        "field-null", "field-missing", "field-retyped", "field-extra", "numeric-ids", "text-flags",
        "joined-addresses", "time-1970", "time-far-future", "time-backwards", "invalid-utf8", "lone-surrogate", "nul",
        "long-text", "deep-nesting", "duplicate-key", "unknown-value", "duplicate-row", "withheld-row", "cursor-loop",
        "cursor-foreign", "cursor-null", "cursor-empty", "cursor-null-text", "no-pagination", "page-shift",
    ]
    private static let aboutTimes = ["time-1970", "time-far-future", "time-backwards"]
    private static let aboutFields: Set = [
        "field-null", "field-missing", "field-retyped", "duplicate-key", "invalid-utf8", "lone-surrogate", "nul",
        "long-text", "deep-nesting", "unknown-value",
    ]
    private static let aboutPages: Set = [
        "cursor-loop", "cursor-foreign", "cursor-null", "cursor-empty", "cursor-null-text", "no-pagination",
        "page-shift",
    ]

    /// Something goes wrong with some of the next calls.
    static func strike(_ site: Site, in world: World) throws {
        guard let route = world.one(of: routes) else { return }
        let times = #","times":\#(world.number(1...3))"#
        if world.chance(1, in: 2) {
            guard let failure = world.one(of: failures) else { return }
            try site.fault(failure.kind, on: route, failure.more + times)
        } else {
            guard let kind = world.one(of: lies) else { return }
            try site.fault(kind, on: route, about(kind, in: world) + times)
        }
    }

    private static func about(_ kind: String, in world: World) -> String {
        var more = ""
        if aboutTimes.contains(kind), let field = world.one(of: ["updatedAt", "createdAt"]) {
            more += #","field":"\#(field)""#
        } else if aboutFields.contains(kind), let field = world.one(of: ["updatedAt", "id", "createdAt", "name"]) {
            more += #","field":"\#(field)""#
        }
        switch kind {
        case "long-text": more += #","bytes":3000"#
        case "deep-nesting": more += #","depth":400"#
        case "page-shift": more += #","count":2"#
        default: break
        }
        if !aboutPages.contains(kind) { more += #","rows":\#(world.number(20...100))"# }
        return more
    }
}

/// What people in a console do meanwhile.
enum People {
    static func act(at site: Site, in world: World) throws {
        func order(_ deed: String, _ more: String) throws {
            try site.control("POST", "/people", #"{"do":"\#(deed)"\#(more)}"#)
        }
        switch world.number(0...9) {
        case 0, 1: try order("detect", #","count":\#(world.number(1...5))"#)
        case 2, 3:
            guard let threat = world.one(of: world.known[site.id]?[.threats] ?? []) else { return }
            let deeds = [
                ("verdict", #","analystVerdict":"true_positive""#), ("verdict", #","analystVerdict":"false_positive""#),
                ("status", #","incidentStatus":"resolved""#), ("reopen", ""), ("note", #","text":"seen it""#),
            ]
            guard let deed = world.one(of: deeds) else { return }
            try order(deed.0, #","threatId":"\#(threat)""# + deed.1)
        case 4, 5:
            let open = try site.truth(.alerts).filter { !(($0.bytes.text ?? "").contains(#""Resolved""#)) }
            guard let alert = world.one(of: open) else { return }
            let deeds = [
                ("alert-verdict", #","analystVerdict":"true_positive""#),
                ("alert-status", #","incidentStatus":"in_progress""#),
                ("alert-status", #","incidentStatus":"resolved""#),
            ]
            guard let deed = world.one(of: deeds) else { return }
            try order(deed.0, #","alertId":"\#(alert.id)""# + deed.1)
        default: try changeEndpoint(site, world, order)
        }
    }

    private static func changeEndpoint(
        _ site: Site, _ world: World, _ order: (String, String) throws -> Void
    ) throws {
        let fleet = Array(try site.control("GET", "/fleet")["agents"].elements)
        guard let agent = world.one(of: fleet), let other = world.one(of: fleet) else { return }
        let deeds = [
            "isolate", "release", "decommission", "recommission", "offline", "online", "move", "reimage", "rename",
        ]
        guard let deed = world.one(of: deeds) else { return }
        let more =
            switch deed {
            case "move": #","siteId":"\#(try other["siteId"].id)""#
            case "rename": #","as":"\#(try other["id"].id)""#
            default: ""
            }
        try order(deed, #","agentId":"\#(try agent["id"].id)""# + more)
    }
}
