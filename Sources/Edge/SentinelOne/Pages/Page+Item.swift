import JSONView
import Ports

extension Page.Item {
    /// Only the id must be there: what else is nil is not known.
    init(_ view: JSONView, _ bytes: Bytes, index: Int, of stream: VendorStream) throws(JSONProblem) {
        self.index = index
        self.bytes = bytes
        let places = Places(view, of: stream)
        id = try (places.id.ifPresent ?? view["id"]).id
        agentID = stream == .agents ? id : places.agent.readableID ?? view["agentId"].readableID
        siteID = stream == .sites ? id : places.read("siteId") ?? view["siteId"].readableID
        accountID = stream == .accounts ? id : places.read("accountId") ?? view["accountId"].readableID
        createdAt = VendorTime(places.times["createdAt"]) ?? VendorTime(view["createdAt"])
        updatedAt = VendorTime(places.times["updatedAt"]) ?? VendorTime(view["updatedAt"])
        reportedAt = VendorTime(places.times["reportedAt"])
    }

    /// Where a row keeps what every row has. Older consoles keep more of it on top.
    private struct Places {
        let id: JSONView
        let agent: JSONView
        /// The endpoint as it is, and as it was.
        let scopes: [JSONView]
        let times: JSONView

        init(_ view: JSONView, of stream: VendorStream) {
            let (now, then) = (view["agentRealtimeInfo"], view["agentDetectionInfo"])
            switch stream {
            case .threats:
                (id, agent, scopes, times) = (view["id"], now["agentId"], [now, then], view["threatInfo"])
            case .alerts:
                (id, agent, scopes, times) = (view["alertInfo"]["alertId"], now["id"], [now, then], view["alertInfo"])
            case .activities, .agents, .groups, .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events:
                (id, agent, scopes, times) = (view["id"], view["agentId"], [], view)
            }
        }

        func read(_ name: String) -> String? {
            for scope in scopes {
                if let id = scope[name].readableID { return id }
            }
            return nil
        }
    }
}
