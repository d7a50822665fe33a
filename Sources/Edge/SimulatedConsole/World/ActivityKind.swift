/// The kinds of activities that this console notes, by the ids that consoles use.
extension Activity {
    enum Kind: Int, Sendable, CaseIterable {
        case subscribed = 17
        case mitigated = 18
        case notMitigated = 19
        case preempted = 20
        case resolved = 21
        case userAdded = 23
        case loggedIn = 27
        case loggedOut = 33
        case unresolved = 34
        case decommissioned = 47
        case recommissioned = 48
        case uninstallOrdered = 50
        case uninstalled = 51
        case userDisconnected = 61
        case userReconnected = 62
        case engineChanged = 68
        case modeChanged = 69
        case uuidChanged = 89
        case movedToSite = 94
        case movedToGroup = 95
        case tokenMade = 112
        case tokenRevoked = 113
        case policyChanged = 116
        case userDisabledAgent = 117
        case agentDisabled = 119
        case agentEnabled = 120
        case loginFailed = 133
        case serviceUserAdded = 140
        case disconnected = 1001
        case reconnected = 1002
        case killed = 2001
        case remediated = 2002
        case rolledBack = 2003
        case quarantined = 2004
        case networkQuarantined = 2005
        case killFailed = 2006
        case remediateFailed = 2007
        case rollbackFailed = 2008
        case quarantineFailed = 2009
        case networkQuarantineFailed = 2010
        case userKilled = 2011
        case userRemediated = 2012
        case userRolledBack = 2013
        case userQuarantined = 2014
        case userUnquarantined = 2015
        case policyKilled = 2021
        case policyRemediated = 2022
        case policyRolledBack = 2023
        case policyQuarantined = 2024
        case policyDisconnected = 2025
        case unquarantined = 2026
        case unquarantineFailed = 2027
        case statusChanged = 2028
        case verdictChanged = 2030
        case hashExcluded = 3001
        case hashBlocked = 3002
        case pathExcluded = 3008
        case alertMade = 3608
        case suspicious = 4003
        case mitigationChanged = 4008
        case noteAdded = 4020

        /// What `GET /activities/types` calls it.
        var action: String { Self.sentences[self]?.action ?? "" }
        /// The sentence it is told with; `{{ … }}` names a member of its data.
        var template: String { Self.sentences[self]?.template ?? "" }
    }
}
