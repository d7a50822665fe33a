/// Custom detection rules.
package enum Rules: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Rules>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            }
        }
    }

    package enum Filter: QueryPart {
        /// Rules that run on a schedule too: the console hides them unless asked.
        case scheduledToo
        package var parameters: [Parameter] {
            switch self {
            case .scheduledToo: [("isLegacy", "false")]
            }
        }
    }

    package typealias Time = Never
    package typealias Scope = GroupScope
    package static var stream: VendorStream { .rules }
    package static var path: String { "/cloud-detection/rules" }
}

/// The tags that endpoints can carry; which ones an endpoint does carry stands in its own row.
package enum Tags: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Tags>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            }
        }
    }

    package typealias Time = Never
    package typealias Scope = GroupScope
    package typealias Filter = Never
    package static var stream: VendorStream { .tags }
    package static var path: String { "/agents/tags" }
}

/// Roles, without what they permit: that is asked for one by one.
package enum Roles: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Roles>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            }
        }
    }

    package typealias Time = Never
    package typealias Scope = SiteScope
    package typealias Filter = Never
    package static var stream: VendorStream { .roles }
    package static var path: String { "/rbac/roles" }
}
