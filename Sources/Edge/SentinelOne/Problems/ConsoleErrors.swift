import JSONView
import Ports

/// What an answer's body says went wrong. Nothing is assumed: it may be JSON, HTML, plain text or nothing.
struct ConsoleErrors {
    struct Entry {
        let code: String?
        let title: String?
        let detail: String?
        var saysSomething: Bool { code != nil || title != nil || detail != nil }
    }

    /// What kind of body it is, in words for people.
    enum Form: String, CustomStringConvertible {
        case json = "JSON"
        case html = "an HTML page"
        case text = "text that is not JSON"
        case nothing = "an empty body"
        var description: String { rawValue }
    }

    let form: Form
    /// Whether `errors` holds anything at all.
    let isListed: Bool
    let entries: [Entry]
    /// What the event store says in place of a list.
    private let message: String?

    init(_ body: Bytes) {
        let first = body.withUnsafeBytes { $0.first { !" \t\r\n".utf8.contains($0) } }
        guard let first else {
            self.init(form: .nothing)
            return
        }
        do {
            self.init(try JSONView(parsing: body))
        } catch {
            self.init(form: first == UInt8(ascii: "<") ? .html : .text)
        }
    }

    private init(form: Form) {
        self.form = form
        isListed = false
        entries = []
        message = nil
    }

    init(_ view: JSONView) {
        form = .json
        message = view["message"].readableWords ?? view["error"].readableWords ?? view["error"]["message"].readableWords
        let errors = view["errors"]
        var entries: [Entry] = []
        var isListed = false
        if let list = try? errors.elements {
            for item in list {
                isListed = true
                entries.append(Self.entry(item))
            }
        } else if let members = try? errors.members {
            // Some routes answer an object of messages in place of the list.
            isListed = Array(members).isEmpty == false
            entries = isListed ? [Self.entry(errors)] : []
        } else {
            isListed = errors.ifPresent != nil
        }
        self.isListed = isListed
        self.entries = entries
    }

    private static func entry(_ view: JSONView) -> Entry {
        Entry(code: view["code"].readableID, title: view["title"].readableText, detail: view["detail"].readableText)
    }

    /// Whether any entry speaks of it.
    func names(_ word: String) -> Bool {
        entries.contains { [$0.title, $0.detail].contains { $0?.lowercased().contains(word) == true } }
    }

    /// The first entry's code, title and detail; else what the body is.
    var words: String {
        guard let entry = entries.first(where: \.saysSomething) else { return message ?? form.description }
        return [entry.code, entry.title, entry.detail].compactMap { $0 }.joined(separator: ", ")
    }
}

/// Why a console answers 403; three different things for whoever must act.
enum Forbidden {
    case permission, scope, licence

    /// By the words, for there is nothing else. Where they say too little it is the permission: that one is asked
    /// again later, the others are final.
    init(_ errors: ConsoleErrors) {
        let words = errors.entries.compactMap(\.detail).joined(separator: " ").lowercased()
        if words.contains("permission") {
            self = .permission
        } else if words.contains("licens") || words.contains("licenc") || words.contains("not available") {
            self = .licence
        } else if words.contains("scope") {
            self = .scope
        } else {
            self = .permission
        }
    }
}
