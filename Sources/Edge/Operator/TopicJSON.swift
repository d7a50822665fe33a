package import Contracts
import JSONView
import Ports

/// The topics for scripts. `docket help json` lists the keys.
package enum TopicJSON {
    /// Without a plan: of the embedded log.
    package static func list(_ catalogue: Catalogue, _ plan: TopicPlan?) -> String {
        let lines =
            plan?.lines
            ?? catalogue.declarations.map {
                TopicPlan.Line(declaration: $0, found: nil, state: .present)
            }
        let text = JSONText.array { list in
            for line in lines {
                list.append(object: { item in
                    let topic = line.declaration
                    item.append("topic", text: topic.name)
                    item.append("kind", text: topic.kind.rawValue)
                    item.append("partitions", integer: Int(topic.partitions))
                    item.append("state", text: plan == nil ? "embedded" : line.state.rawValue)
                    append(plan == nil ? [:] : topic.settings, as: "settings", to: &item)
                    guard let found = line.found else {
                        item.append("found", text: nil)
                        return
                    }
                    item.append(
                        "found",
                        object: { inner in
                            inner.append("partitions", integer: Int(found.partitions))
                            inner.append("copies", integer: found.copies)
                            append(found.settings, as: "settings", to: &inner)
                        })
                })
            }
        }
        return (text.text ?? "") + "\n"
    }

    /// Without a plan: of the embedded log, which never needs one.
    package static func plan(_ plan: TopicPlan?, done: TopicsDone?) -> String {
        let text = JSONText.object { root in
            root.append("log", text: plan == nil ? "embedded" : "kafka")
            root.append("exit", integer: Int(plan?.exitCode ?? 0))
            if let done {
                root.append(
                    "created",
                    array: { (list: inout JSONArrayText) in for one in done.created { list.append(text: one) } })
                append(done.corrected, as: "corrected", to: &root)
            }
            root.append(
                "create",
                array: { (list: inout JSONArrayText) in
                    for topic in plan?.creations ?? [] {
                        list.append(object: { item in
                            item.append("topic", text: topic.name)
                            item.append("partitions", integer: Int(topic.partitions))
                            item.append("copies", integer: plan?.copies)
                            append(topic.settings, as: "settings", to: &item)
                        })
                    }
                })
            append(plan?.corrections ?? [], as: "correct", to: &root)
            for kind in [TopicPlan.Finding.Kind.refuse, .note] {
                append((plan?.findings ?? []).filter { $0.kind == kind }, as: kind.rawValue, to: &root)
            }
        }
        return (text.text ?? "") + "\n"
    }

    private static func append(
        _ corrections: [TopicPlan.Correction], as name: String, to object: inout JSONObjectText
    ) {
        object.append(
            name,
            array: { (list: inout JSONArrayText) in
                for correction in corrections {
                    list.append(object: { item in
                        item.append("topic", text: correction.topic)
                        append(correction.settings, as: "settings", to: &item)
                    })
                }
            })
    }

    private static func append(
        _ findings: [TopicPlan.Finding], as name: String, to object: inout JSONObjectText
    ) {
        object.append(
            name,
            array: { (list: inout JSONArrayText) in
                for finding in findings {
                    list.append(object: { item in
                        item.append(
                            "topics",
                            array: { (names: inout JSONArrayText) in
                                for one in finding.topics { names.append(text: one) }
                            })
                        item.append("sentence", text: finding.sentence)
                        item.append("remedy", text: finding.remedy)
                        item.append(
                            "commands",
                            array: { (lines: inout JSONArrayText) in
                                for one in finding.commands { lines.append(text: one) }
                            })
                    })
                }
            })
    }

    private static func append(
        _ settings: [TopicSetting: String], as name: String, to object: inout JSONObjectText
    ) {
        object.append(
            name,
            object: { inner in
                for (setting, value) in settings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    inner.append(setting.rawValue, text: value)
                }
            })
    }
}
