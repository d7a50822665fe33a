/// An id as the console gives it out: digits and nothing else, so that it can stand in a path or a filter. One of an
/// endpoint is no one of a threat.
package struct ObjectID<Of>: Hashable, Sendable, CustomStringConvertible {
    package let digits: String

    /// nil for whatever is not one to twenty decimal digits without a leading zero.
    package init?(_ digits: String) {
        guard isObjectID(digits) else { return nil }
        self.digits = digits
    }

    package var description: String { digits }
}

private func isObjectID(_ text: String) -> Bool {
    // Twenty digits hold every unsigned number of 64 bits; consoles use eighteen or nineteen.
    (1...20).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "0")
        && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

package typealias ThreatID = ObjectID<Threats>
package typealias AlertID = ObjectID<Alerts>
package typealias ActivityID = ObjectID<Activities>
/// The stable key of an endpoint; its uuid may change.
package typealias AgentID = ObjectID<Agents>
package typealias GroupID = ObjectID<Groups>
package typealias SiteID = ObjectID<Sites>
package typealias AccountID = ObjectID<Accounts>
package typealias RuleID = ObjectID<Rules>
package typealias TagID = ObjectID<Tags>
package typealias RoleID = ObjectID<Roles>

/// What a call is about, by id. Never empty: the console takes an empty filter for everything in the token's scope.
package struct ExactTargets<Of>: Hashable, Sendable {
    /// So that the ids of a read fit into the 8 kB that servers allow a request line.
    package static var limit: Int { 200 }

    package let ids: [ObjectID<Of>]

    package init(_ id: ObjectID<Of>) { ids = [id] }

    /// nil when there is none, one is named twice, or there are more than `limit`.
    package init?(_ ids: [ObjectID<Of>]) {
        guard !ids.isEmpty, ids.count <= Self.limit, Set(ids).count == ids.count else { return nil }
        self.ids = ids
    }

    package var count: Int { ids.count }

    var commaSeparated: String { ids.map(\.digits).joined(separator: ",") }
}
