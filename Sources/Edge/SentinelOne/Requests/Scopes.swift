/// A part of what a token reaches.
package enum GroupScope: QueryPart {
    case accounts(ExactTargets<Accounts>)
    case sites(ExactTargets<Sites>)
    case groups(ExactTargets<Groups>)

    package var parameters: [Parameter] {
        switch self {
        case .accounts(let ids): [("accountIds", ids.commaSeparated)]
        case .sites(let ids): [("siteIds", ids.commaSeparated)]
        case .groups(let ids): [("groupIds", ids.commaSeparated)]
        }
    }
}

/// A part of what a token reaches, for what lies in sites.
package enum SiteScope: QueryPart {
    case accounts(ExactTargets<Accounts>)
    case sites(ExactTargets<Sites>)

    package var parameters: [Parameter] {
        switch self {
        case .accounts(let ids): [("accountIds", ids.commaSeparated)]
        case .sites(let ids): [("siteIds", ids.commaSeparated)]
        }
    }
}

/// A part of what a token reaches, for what lies in accounts.
package enum AccountScope: QueryPart {
    case accounts(ExactTargets<Accounts>)

    package var parameters: [Parameter] {
        switch self {
        case .accounts(let ids): [("accountIds", ids.commaSeparated)]
        }
    }
}
