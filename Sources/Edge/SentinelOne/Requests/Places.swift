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

package enum Groups: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Groups>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("groupIds", ids.commaSeparated)]
            }
        }
    }

    package enum Time: RowTime {
        case updatedAt
        package var field: String { "updatedAt" }
        package var sort: String { "updatedAt" }
    }

    package typealias Scope = SiteScope
    package typealias Filter = Never
    package static var stream: VendorStream { .groups }
    package static var path: String { "/groups" }
}

/// They have no time to be asked by: they are always read whole.
package enum Sites: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Sites>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("siteIds", ids.commaSeparated)]
            }
        }
    }

    package typealias Time = Never
    package typealias Scope = AccountScope
    package typealias Filter = Never
    package static var stream: VendorStream { .sites }
    package static var path: String { "/sites" }
}

/// They have no time to be asked by: they are always read whole. A site's token may not ask for them.
package enum Accounts: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Accounts>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            }
        }
    }

    package typealias Time = Never
    package typealias Scope = Never
    package typealias Filter = Never
    package static var stream: VendorStream { .accounts }
    package static var path: String { "/accounts" }
}
