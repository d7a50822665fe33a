extension Activity.Kind {
    /// Our own wording. One for each kind, which a test asks for.
    static let sentences: [Activity.Kind: (action: String, template: String)] = [
        .subscribed: ("Agent Subscribed", "{{ computerName }} subscribed to group {{ groupName }}."),
        .mitigated: ("New Threat Mitigated", "{{ fileDisplayName }} was detected on {{ computerName }} and mitigated."),
        .notMitigated: (
            "New Malicious Threat Not Mitigated",
            "{{ fileDisplayName }} was detected on {{ computerName }} and is not mitigated."
        ),
        .preempted: (
            "New Threat Preemptive Block",
            "{{ fileDisplayName }} was stopped on {{ computerName }} before it ran."
        ),
        .resolved: ("Threat Resolved", "{{ fileDisplayName }} on {{ computerName }} is resolved."),
        .userAdded: ("User Added", "{{ username }} added a user with the role {{ role }}."),
        .loggedIn: ("User Logged In", "{{ username }} logged in from {{ ipAddress }}."),
        .loggedOut: ("User Logged Out", "{{ username }} logged out."),
        .unresolved: ("Threat Unresolved", "{{ fileDisplayName }} on {{ computerName }} is open again."),
        .decommissioned: ("Agent Decommissioned", "{{ username }} decommissioned {{ computerName }}."),
        .recommissioned: ("Agent Recommissioned", "{{ computerName }} was heard again and is back in service."),
        .uninstallOrdered: (
            "Uninstall Agent",
            "{{ username }} ordered the removal of the agent from {{ computerName }}."
        ),
        .uninstalled: ("Agent Uninstalled", "The agent was removed from {{ computerName }}."),
        .userDisconnected: (
            "User Disconnected Agent From Network",
            "{{ username }} disconnected {{ computerName }} from the network."
        ),
        .userReconnected: (
            "User Reconnected Agent To Network",
            "{{ username }} reconnected {{ computerName }} to the network."
        ),
        .engineChanged: (
            "Engine Modified In Policy",
            "{{ username }} changed the engine {{ engine }} in the policy of {{ scopeName }} to {{ newValue }}."
        ),
        .modeChanged: (
            "Mitigation Policy Modified",
            "{{ username }} changed the mitigation mode of {{ scopeName }} from {{ oldValue }} to {{ newValue }}."
        ),
        .uuidChanged: (
            "User Requested Randomized Agent UUID",
            "{{ username }} had a new UUID made for {{ computerName }}."
        ),
        .movedToSite: (
            "User Moved Agent To Another Site",
            "{{ username }} moved {{ computerName }} from {{ oldSiteName }} to {{ newSiteName }}."
        ),
        .movedToGroup: (
            "User Moved Agent To Group",
            "{{ username }} moved {{ computerName }} from {{ oldGroupName }} to {{ newGroupName }}."
        ),
        .tokenMade: ("API Token Generated", "{{ username }} generated an API token."),
        .tokenRevoked: ("API Token Revoked", "{{ username }} revoked an API token."),
        .policyChanged: (
            "Policy Settings Modified",
            "{{ username }} changed settings in the policy of {{ scopeName }}."
        ),
        .userDisabledAgent: ("User Disabled Agent", "{{ username }} disabled the agent on {{ computerName }}."),
        .agentDisabled: ("Agent Disabled", "The agent on {{ computerName }} is disabled."),
        .agentEnabled: ("Agent Enabled", "The agent on {{ computerName }} is enabled again."),
        .loginFailed: ("Existing User Login Failure", "{{ username }} failed to log in from {{ ipAddress }}."),
        .serviceUserAdded: (
            "Service User Creation",
            "{{ username }} made the service user {{ name }} with the role {{ role }}."
        ),
        .disconnected: ("Agent Disconnected From Network", "{{ computerName }} is disconnected from the network."),
        .reconnected: ("Agent Reconnected To Network", "{{ computerName }} is connected to the network again."),
        .killed: (
            "Threat Mitigation Report Kill Success",
            "The agent on {{ computerName }} killed {{ fileDisplayName }}."
        ),
        .remediated: (
            "Threat Mitigation Report Remediate Success",
            "The agent on {{ computerName }} undid what {{ fileDisplayName }} did."
        ),
        .rolledBack: (
            "Threat Mitigation Report Rollback Success",
            "The agent on {{ computerName }} rolled {{ fileDisplayName }} back."
        ),
        .quarantined: (
            "Threat Mitigation Report Quarantine Success",
            "The agent on {{ computerName }} put {{ fileDisplayName }} into quarantine."
        ),
        .networkQuarantined: (
            "Agent Mitigation Report Quarantine Network Success",
            "{{ computerName }} is in network quarantine because of {{ fileDisplayName }}."
        ),
        .killFailed: (
            "Threat Mitigation Report Kill Failed",
            "The agent on {{ computerName }} could not kill {{ fileDisplayName }}."
        ),
        .remediateFailed: (
            "Threat Mitigation Report Remediate Failed",
            "The agent on {{ computerName }} could not undo what {{ fileDisplayName }} did."
        ),
        .rollbackFailed: (
            "Threat Mitigation Report Rollback Failed",
            "The agent on {{ computerName }} could not roll {{ fileDisplayName }} back."
        ),
        .quarantineFailed: (
            "Threat Mitigation Report Quarantine Failed",
            "The agent on {{ computerName }} could not put {{ fileDisplayName }} into quarantine."
        ),
        .networkQuarantineFailed: (
            "Agent Mitigation Report Quarantine Network Failed",
            "{{ computerName }} could not be put into network quarantine."
        ),
        .userKilled: (
            "User Issued Kill",
            "{{ username }} ordered {{ fileDisplayName }} on {{ computerName }} to be killed."
        ),
        .userRemediated: (
            "User Issued Remediate",
            "{{ username }} ordered what {{ fileDisplayName }} did on {{ computerName }} to be undone."
        ),
        .userRolledBack: (
            "User Issued Rollback",
            "{{ username }} ordered {{ fileDisplayName }} on {{ computerName }} to be rolled back."
        ),
        .userQuarantined: (
            "User Issued Quarantine",
            "{{ username }} ordered {{ fileDisplayName }} on {{ computerName }} into quarantine."
        ),
        .userUnquarantined: (
            "User Issued Unquarantine",
            "{{ username }} ordered {{ fileDisplayName }} on {{ computerName }} out of quarantine."
        ),
        .policyKilled: (
            "Threat Killed By Policy",
            "The policy ordered {{ fileDisplayName }} on {{ computerName }} to be killed."
        ),
        .policyRemediated: (
            "Threat Remediated By Policy",
            "The policy ordered what {{ fileDisplayName }} did on {{ computerName }} to be undone."
        ),
        .policyRolledBack: (
            "Threat Rolled Back By Policy",
            "The policy ordered {{ fileDisplayName }} on {{ computerName }} to be rolled back."
        ),
        .policyQuarantined: (
            "Threat Quarantined By Policy",
            "The policy ordered {{ fileDisplayName }} on {{ computerName }} into quarantine."
        ),
        .policyDisconnected: (
            "Agent Disconnected By Policy",
            "The policy disconnected {{ computerName }} because of {{ fileDisplayName }}."
        ),
        .unquarantined: (
            "Threat Mitigation Report Unquarantine Success",
            "The agent on {{ computerName }} took {{ fileDisplayName }} out of quarantine."
        ),
        .unquarantineFailed: (
            "Threat Mitigation Report Unquarantine Failed",
            "The agent on {{ computerName }} could not take {{ fileDisplayName }} out of quarantine."
        ),
        .statusChanged: (
            "Threat Incident Status Changed",
            "{{ username }} changed the incident status of {{ fileDisplayName }} on {{ computerName }}"
                + " from {{ oldIncidentStatusTitle }} to {{ newIncidentStatusTitle }}."
        ),
        .verdictChanged: (
            "Analyst Verdict Changed",
            "{{ username }} changed the analyst verdict of {{ fileDisplayName }} on {{ computerName }}"
                + " from {{ oldAnalystVerdictTitle }} to {{ newAnalystVerdictTitle }}."
        ),
        .hashExcluded: (
            "User Added Hash Exclusion",
            "{{ username }} excluded the hash {{ value }} for {{ osFamily }} in {{ scopeName }}."
        ),
        .hashBlocked: (
            "User Added Blocklist Hash",
            "{{ username }} put the hash {{ fileContentHash }} on the blocklist of {{ scopeName }}."
        ),
        .pathExcluded: (
            "New Path Exclusion",
            "{{ username }} excluded the path {{ value }} for {{ osFamily }} in {{ scopeName }}."
        ),
        .alertMade: ("Custom Rules New Alert", "The rule {{ rulename }} matched on {{ origagentname }}."),
        .suspicious: (
            "New Suspicious Threat Not Mitigated",
            "{{ fileDisplayName }} was found suspicious on {{ computerName }}."
        ),
        .mitigationChanged: (
            "Threat Mitigation Status Changed",
            "The mitigation status of {{ fileDisplayName }} on {{ computerName }} changed from {{"
                + " originalStatus }} to {{ newStatus }}."
        ),
        .noteAdded: (
            "New Threat Note Added",
            "{{ username }} wrote a note about {{ fileDisplayName }} on {{ computerName }}."
        ),
    ]

    /// The sentence with its gaps filled from the data; what the data lacks is called by a general name.
    func sentence(_ data: [String: JSON]) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{ "), let close = rest.firstRange(of: " }}") {
            text += rest[..<open.lowerBound]
            text += Self.told(data[String(rest[open.upperBound..<close.lowerBound])])
            rest = rest[close.upperBound...]
        }
        return text + rest
    }

    private static func told(_ value: JSON?) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): String(number)
        case .bool(let flag): flag ? "on" : "off"
        case .null, .decimal, .list, .object, nil: "something"
        }
    }
}
