import JSONView
import Ports

/// Why a command ended without doing what it was asked: lines for a person, or one JSON object, on standard error.
package struct Complaint: Error, Equatable {
    /// The exit code of the command says the same as the word.
    package enum Kind: Int32, Sendable, CaseIterable {
        case refused = 1
        case usage = 64
        case unavailable = 69
        case failure = 70
        /// An order was recorded, and nobody answered it in time.
        case unanswered = 75

        package var word: String {
            switch self {
            case .refused: "refused"
            case .usage: "usage"
            case .unavailable: "unavailable"
            case .failure: "failure"
            case .unanswered: "unanswered"
            }
        }
    }

    package let kind: Kind
    package let lines: [String]
    package let candidates: [String]

    package init(_ kind: Kind, _ lines: [String], candidates: [String] = []) {
        self.kind = kind
        self.lines = lines
        self.candidates = candidates
    }

    package init(_ refusal: Refusal) {
        self.init(.refused, [refusal.sentence], candidates: refusal.candidates)
    }

    package func text(json: Bool) -> String {
        guard !json else {
            let object = JSONText.object { root in
                root.append(
                    "error",
                    object: { error in
                        error.append("code", text: kind.word)
                        error.append("exit", integer: Int(kind.rawValue))
                        error.append(
                            "sentences",
                            array: { (list: inout JSONArrayText) in for line in lines { list.append(text: line) } })
                        error.append(
                            "candidates",
                            array: { (list: inout JSONArrayText) in
                                for one in candidates { list.append(text: one) }
                            })
                    })
            }
            return (object.text ?? "") + "\n"
        }
        var page = Page(Paper())
        for line in lines { page.line("docket: \(line)") }
        for one in candidates { page.line("  \(one)") }
        return page.text
    }
}
