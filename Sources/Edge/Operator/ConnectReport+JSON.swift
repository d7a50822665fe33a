import JSONView
import Ports
import SentinelOne

// The same for scripts. `docket help json` lists the keys.
extension ConnectReport {
    package func json(strict: Bool) -> String {
        let text = JSONText.object { root in
            root.append("exit", integer: Int(exitCode(strict: strict)))
            root.append(
                "tokens",
                array: { (list: inout JSONArrayText) in
                    for part in parts { list.append(object: { part.fill(&$0) }) }
                })
        }
        return (text.text ?? "") + "\n"
    }
}

extension ConnectReport.Part {
    fileprivate func fill(_ object: inout JSONObjectText) {
        object.append("console", text: console)
        object.append("url", text: url)
        object.append("token", text: use.rawValue)
        object.append("fault", text: fault)
        report?.fill(&object)
    }
}

extension ConsoleReport {
    fileprivate func fill(_ object: inout JSONObjectText) {
        object.append("reachable", text: reachWord)
        object.append("version", text: version.value)
        object.append("state", text: lifeWord)
        object.append("user", text: holder.value?.id)
        object.append("name", text: holder.value?.name)
        object.append("kind", text: holder.value?.kind.value?.rawValue)
        object.append("expiresAt", time: expiry.value?.at)
        object.append("expiryFrom", text: expiry.value?.source.rawValue)
        object.append("scope", text: scope.value?.level.text)
        object.append(
            "places",
            array: { (list: inout JSONArrayText) in
                for place in scope.value?.places ?? [] {
                    list.append(object: { item in
                        item.append("id", text: place.id)
                        item.append("name", text: place.name)
                        item.append("account", text: place.account)
                    })
                }
            })
        object.append(
            "roles", array: { (list: inout JSONArrayText) in for name in roles.value ?? [] { list.append(text: name) } }
        )
        fillStreams(&object)
        fillNeeds(&object)
        object.append("clockOffsetMilliseconds", integer: skew.value.map { Int($0.skew.wholeMilliseconds) })
        object.append("clockUncertaintyMilliseconds", integer: skew.value.map { Int($0.uncertainty.wholeMilliseconds) })
        fillUnknown(&object)
        object.append(
            "troubles",
            array: { (list: inout JSONArrayText) in
                for trouble in troubles {
                    list.append(object: { item in
                        item.append("weight", text: trouble.weight.rawValue)
                        item.append("sentence", text: trouble.sentence)
                        item.append("remedy", text: trouble.remedy)
                    })
                }
            })
    }

    private func fillStreams(_ object: inout JSONObjectText) {
        object.append(
            "streams",
            array: { (list: inout JSONArrayText) in
                for stream in use.streams {
                    guard let answer = streams[stream] else { continue }
                    list.append(object: { item in
                        item.append("stream", text: stream.rawValue)
                        item.append("answer", text: answer.word)
                        item.append("detail", text: answer.detail)
                    })
                }
            })
    }

    private func fillNeeds(_ object: inout JSONObjectText) {
        object.append(
            "abilities",
            array: { (list: inout JSONArrayText) in
                for need in TokenNeed.all(of: use) {
                    list.append(object: { item in
                        item.append("program", text: need.program)
                        item.append("deed", text: need.deed)
                        item.append("permission", text: need.permission.name)
                        switch ability(need) {
                        case .may: item.append("may", bool: true)
                        case .mayNot: item.append("may", bool: false)
                        case .unknown: item.append("may", text: nil)
                        }
                    })
                }
            })
    }

    /// Why what is null above is not known.
    private func fillUnknown(_ object: inout JSONObjectText) {
        let reasons: [(name: String, why: String?)] = [
            ("version", version.why), ("name", holder.why), ("kind", holder.value?.kind.why), ("expiresAt", expiry.why),
            ("scope", scope.why), ("roles", roles.why), ("permissions", permissions.why), ("clock", skew.why),
        ]
        object.append(
            "unknown",
            object: { inner in
                for reason in reasons where reason.why != nil { inner.append(reason.name, text: reason.why) }
            })
    }

    private var reachWord: String {
        switch reach {
        case .well: "well"
        case .unwell: "unwell"
        case .doubtful: "doubtful"
        case .unreached: "unreached"
        }
    }

    private var lifeWord: String {
        switch life {
        case .alive: "alive"
        case .dead: "dead"
        case .unknown: "unknown"
        }
    }
}
