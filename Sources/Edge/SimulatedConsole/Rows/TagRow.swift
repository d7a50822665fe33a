import Ports

/// A label with how many endpoints carry it.
struct TagRow: Sendable {
    let number: Int
    let cast: Cast
    let count: Int
    /// Of the part of the console that was asked about.
    let countInScope: Int

    var tag: Tag { Tag.all[number] }
    var id: Int64 { cast.numbering.id(.part, 1 + number) }
    var createdAt: Timestamp { cast.start - .seconds(86_400 * (90 - number)) }
    var updatedAt: Timestamp { createdAt + .seconds(3_600) }

    func write(to out: inout JSONWriter) {
        out.object { out in
            out.id("id", id)
            out.text("key", tag.key)
            out.text("value", tag.value)
            out.text("description", tag.description)
            out.text("type", "agents")
            out.text("scopeLevel", "account")
            out.id("scopeId", cast.accounts.first?.id)
            out.text("scopePath", "Global / \(cast.accounts.first?.name ?? "")")
            out.number("totalEndpoints", count)
            out.number("endpointsInCurrentScope", countInScope)
            out.flag("allowEdit", true)
            out.text("createdBy", "platform-team")
            out.text("updatedBy", "platform-team")
            out.time("createdAt", createdAt)
            out.time("updatedAt", updatedAt)
        }
    }
}
