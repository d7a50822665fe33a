package import JSONView
package import Ports

/// A group of endpoints as its row says.
package struct GroupFact: Sendable, Equatable {
    package let id: GroupID
    package let name: String?
    package let siteID: SiteID?
    package let type: String?
    package let isDefault: Bool?
    package let agentCount: Int?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        name = row["name"].readableWords
        siteID = row["siteId"].readableObjectID()
        type = row["type"].readableWords
        isDefault = row["isDefault"].readableBool
        agentCount = row["totalAgents"].readableInteger
        updatedAt = row["updatedAt"].readableTime
    }
}

/// A site as its row says.
package struct SiteFact: Sendable, Equatable {
    package let id: SiteID
    package let name: String?
    package let accountID: AccountID?
    package let accountName: String?
    package let state: String?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        name = row["name"].readableWords
        accountID = row["accountId"].readableObjectID()
        accountName = row["accountName"].readableWords
        state = row["state"].readableWords
        updatedAt = row["updatedAt"].readableTime
    }
}

/// An account as its row says.
package struct AccountFact: Sendable, Equatable {
    package let id: AccountID
    package let name: String?
    package let state: String?
    package let siteCount: Int?
    package let agentCount: Int?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        name = row["name"].readableWords
        state = row["state"].readableWords
        siteCount = row["numberOfSites"].readableInteger
        agentCount = row["activeAgents"].readableInteger
        updatedAt = row["updatedAt"].readableTime
    }
}
