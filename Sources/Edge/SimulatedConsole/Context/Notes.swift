import Ports

/// What people wrote about threats.
struct Notes: Sendable {
    struct Note: Sendable {
        let id: Int64
        var text: String
        let author: Person
        let createdAt: Timestamp
        var updatedAt: Timestamp

        func write(to out: inout JSONWriter) {
            out.object { out in
                out.id("id", id)
                out.text("text", text)
                out.text("creator", author.name)
                out.id("creatorId", author.id)
                out.time("createdAt", createdAt)
                out.time("updatedAt", updatedAt)
                out.flag("edited", updatedAt != createdAt)
            }
        }
    }

    var ofThreat: [Int: [Note]] = [:]
    private var count = 0

    mutating func add(_ text: String, to threat: Int, by author: Person, at moment: Timestamp, _ numbering: Numbering) {
        count += 1
        ofThreat[threat, default: []].append(
            Note(
                id: numbering.id(.part, 3_000_000_000 + count), text: text, author: author, createdAt: moment,
                updatedAt: moment))
    }
}
