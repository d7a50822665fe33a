package import Ports

extension SimulatedConsole {
    /// What a browser shows that is pointed at the API's port: what this is, how to use it, and how it goes. It loads
    /// nothing from elsewhere, and shows no token.
    package mutating func statusPage(origin: String, directory: String, at moment: Timestamp) -> HTTPAnswer {
        advance(to: moment + ahead)
        let tokens = people.filter { $0.token != nil }.map { person in
            [
                "\(directory)/\(person.key).token", person.name, person.role.name, person.scope,
                person.token.map { $0.lives(at: now) ? "until \($0.expiresAt)" : "dead" } ?? "",
            ]
        }
        let prefixes = calls.prefixes.sorted { $0.key < $1.key }.map { prefix, window in
            [prefix]
                + [window.count(within: .seconds(10), until: now), window.highest, window.overLimit].map(String.init)
        }
        let operations = calls.operations.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] }
        let page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
            <title>Simulated console</title><style>body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;\
            padding:0 1em}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #bbb;padding:.2em .6em;\
            text-align:left}code,pre{background:#eee}</style></head><body>
            <h1>This is a simulated SentinelOne console</h1>
            <p>Nothing here is real: no endpoint, no threat, no person. Simulated time is \(escaped(now.description)).</p>
            <h2>How to point something at it</h2>
            <p>Console URL <code>\(escaped(origin))</code>, API version 2.1, header <code>Authorization: ApiToken \
            …</code> with the content of one of these files:</p>
            \(table(["token file", "user", "role", "scope", "token"], tokens))
            <pre>curl -H "Authorization: ApiToken $(cat \(escaped(directory))/viewer.token)" \
            \(escaped(origin))/web/api/v2.1/threats</pre>
            <p>An integration that only reads takes <code>viewer.token</code>; one that also isolates takes \
            <code>ir-team.token</code>. What is not imitated is refused by name with 501.</p>
            <h2>Now</h2>
            \(table(["what", "count"], counts))
            <h2>Calls</h2>
            \(table(["prefix", "last 10 s", "highest 10 s", "over the published limit"], prefixes))
            \(table(["operation", "calls"], operations))
            </body></html>

            """
        return HTTPAnswer(
            status: 200,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
                ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
            ], body: Bytes(page))
    }

    /// One line for whoever watches it run.
    package mutating func statusLine(at moment: Timestamp) -> String {
        advance(to: moment + ahead)
        return counts.map { "\($0[0]) \($0[1])" }.joined(separator: " · ")
    }

    private var counts: [[String]] {
        let isolated = fleet.agents.count { $0.networkStatus != .connected }
        let called = calls.operations.values.reduce(0, +)
        return [
            ["endpoints", fleet.agents.count], ["of them isolated", isolated], ["threats", threats.count],
            ["alerts", alerts.count], ["activities", activities.count], ["calls", called],
            ["changes asked for", effects.count], ["faults waiting", faults.count],
        ].map { row in row.map { "\($0)" } }
    }

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<table>" + line(head, "th") + rows.map { line($0, "td") }.joined() + "</table>"
    }

    private func escaped(_ text: String) -> String {
        text.printable(atMost: 4_096).reduce(into: "") { page, letter in
            switch letter {
            case "&": page += "&amp;"
            case "<": page += "&lt;"
            case ">": page += "&gt;"
            case "\"": page += "&quot;"
            case "'": page += "&#39;"
            default: page.append(letter)
            }
        }
    }
}
