package import ActionLedger
import Crypto
package import Investigation
import JSONView
import Ports

/// What became of an order: nothing yet, yes, or no with the ledger's reason.
package enum Fate: Equatable, Sendable {
    case sent
    case accepted(String)
    case refused(String)

    var word: String {
        switch self {
        case .sent: "sent"
        case .accepted: "accepted"
        case .refused: "refused"
        }
    }

    var sentence: String? {
        switch self {
        case .sent: nil
        case .accepted(let sentence), .refused(let sentence): sentence
        }
    }
}

/// What was sent to the workers, and what they made of it as far as a desk has seen.
package struct Dispatch {
    /// For each console, what it was sent.
    package enum Part: Sendable {
        case order(SignedOrder)
        case stop(Stop, ConsoleID)

        var console: ConsoleID {
            switch self {
            case .order(let signed): signed.order.console
            case .stop(_, let console): console
            }
        }
    }

    private let verb: String
    private let object: String
    private let by: String
    private let parts: [Part]

    package init(_ verb: String, of object: String, by: String, parts: [Part]) {
        self.verb = verb
        self.object = object
        self.by = by
        self.parts = parts
    }

    private func fate(of part: Part, on desk: Desk) -> Fate {
        switch part {
        case .order(let signed): desk.fate(of: signed)
        case .stop(let stop, let console): desk.fate(of: stop, on: console)
        }
    }

    /// The whole: refused where one part was, sent where one is unanswered.
    package func fate(on desk: Desk) -> Fate {
        let fates = parts.map { fate(of: $0, on: desk) }
        if let refused = fates.first(where: { $0.word == "refused" }) { return refused }
        return fates.contains(.sent) ? .sent : .accepted(fates.compactMap(\.sentence).joined(separator: "; "))
    }

    /// `waited` says for how many seconds an answer was waited for; nil: not at all.
    package func text(on desk: Desk, waited: Int?, json: Bool) -> String {
        guard !json else { return jsonText(on: desk) }
        var page = Page(Paper())
        for part in parts {
            switch fate(of: part, on: desk) {
            case .accepted(let sentence): page.line("\(part.console): \(sentence)")
            case .refused(let reason): page.line("\(part.console): refused by the ledger: \(reason)")
            case .sent where waited == nil: page.line("\(part.console): sent; nobody was waited for")
            case .sent:
                page.line("\(part.console): no perform answered within \(waited ?? 0) s; does playbook run?")
            }
        }
        let fate = fate(on: desk)
        switch verb {
        case "stop":
            if fate == .sent {
                page.line("The stop is on the record: whatever perform starts later reads it before it acts.")
            }
            page.line("lift it with:  docket resume \(object) --reason TEXT --key FILE")
        case "resume": if fate == .sent { page.line("The order is on the record and is read when playbook runs.") }
        default:
            if fate == .sent { page.line("The order is on the record and is read when playbook runs.") }
            if fate.word != "refused" { page.line("what becomes of it:  docket action '\(object)'") }
        }
        return page.text
    }

    private func jsonText(on desk: Desk) -> String {
        let text = JSONText.object { root in
            root.append("verb", text: verb)
            root.append("object", text: object)
            root.append("by", text: by)
            root.append("fate", text: fate(on: desk).word)
            root.append(
                "answers",
                array: { (list: inout JSONArrayText) in
                    for part in parts {
                        let fate = fate(of: part, on: desk)
                        list.append(object: { answer in
                            answer.append("console", text: part.console.rawValue)
                            if case .order(let signed) = part {
                                answer.append("order", text: SHA256(of: signed.order.text).hex)
                            }
                            answer.append("fate", text: fate.word)
                            answer.append("sentence", text: fate.sentence)
                        })
                    }
                })
        }
        return (text.text ?? "") + "\n"
    }
}
