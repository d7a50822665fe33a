/// Threats, as engines and analysts see them.
package enum Threats: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Threats>)
        case agents(ExactTargets<Agents>)

        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            case .agents(let ids): [("agentIds", ids.commaSeparated)]
            }
        }
    }

    package enum Time: String, RowTime {
        case createdAt, updatedAt
        package var field: String { rawValue }
        package var sort: String { rawValue }
    }

    package struct Filter: QueryPart {
        package var classifications: Choice<FilterWord>?
        package var confidenceLevels: Choice<ConfidenceLevel>?
        package var analystVerdicts: Choice<AnalystVerdict>?
        package var incidentStatuses: Choice<IncidentStatus>?
        package var mitigationStatuses: Choice<MitigationStatus>?

        package init() {}

        package var parameters: [Parameter] {
            [
                classifications.map { ("classifications", $0.commaSeparated(\.text)) },
                confidenceLevels.map { ("confidenceLevels", $0.commaSeparated(\.rawValue)) },
                analystVerdicts.map { ("analystVerdicts", $0.commaSeparated(\.rawValue)) },
                incidentStatuses.map { ("incidentStatuses", $0.commaSeparated(\.rawValue)) },
                mitigationStatuses.map { ("mitigationStatuses", $0.commaSeparated(\.rawValue)) },
            ].compactMap { $0 }
        }
    }

    package typealias Scope = GroupScope
    package static var stream: VendorStream { .threats }
    package static var path: String { "/threats" }
}

/// What custom rules found. They cannot be asked for by their last change: open ones are asked for again by id.
package enum Alerts: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Alerts>)
        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            }
        }
    }

    package enum Time: String, RowTime {
        case createdAt, reportedAt
        package var field: String { rawValue }
        package var sort: String {
            switch self {
            case .createdAt: "alertInfoCreatedAt"
            case .reportedAt: "alertInfoReportedAt"
            }
        }
    }

    package struct Filter: QueryPart {
        package var severities: Choice<AlertSeverity>?
        package var analystVerdicts: Choice<AnalystVerdict>?
        package var incidentStatuses: Choice<IncidentStatus>?

        package init() {}

        /// Here filters are written in capitals.
        package var parameters: [Parameter] {
            [
                severities.map { ("severity", $0.commaSeparated(\.title)) },
                analystVerdicts.map { ("analystVerdict", $0.commaSeparated { $0.rawValue.uppercased() }) },
                incidentStatuses.map { ("incidentStatus", $0.commaSeparated { $0.rawValue.uppercased() }) },
            ].compactMap { $0 }
        }
    }

    package typealias Scope = GroupScope
    package static var stream: VendorStream { .alerts }
    package static var path: String { "/cloud-detection/alerts" }
}

/// What happened, once each: an activity never changes.
package enum Activities: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Activities>)
        case agents(ExactTargets<Agents>)
        case threats(ExactTargets<Threats>)

        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            case .agents(let ids): [("agentIds", ids.commaSeparated)]
            case .threats(let ids): [("threatIds", ids.commaSeparated)]
            }
        }
    }

    package enum Time: RowTime {
        case createdAt
        package var field: String { "createdAt" }
        package var sort: String { "createdAt" }
    }

    /// The console refuses a type that it does not know; `Console.activityTypes()` says which it does.
    package enum Filter: QueryPart {
        case types(Choice<Int>)
        package var parameters: [Parameter] {
            switch self {
            case .types(let types): [("activityTypes", types.commaSeparated { String($0) })]
            }
        }
    }

    package typealias Scope = GroupScope
    package static var stream: VendorStream { .activities }
    package static var path: String { "/activities" }
}

/// Endpoints; also those that were decommissioned or uninstalled, whose absence would look like a mistake in the id.
package enum Agents: Listed {
    package enum Subject: QueryPart {
        case ids(ExactTargets<Agents>)
        case uuids(Choice<FilterWord>)

        package var parameters: [Parameter] {
            switch self {
            case .ids(let ids): [("ids", ids.commaSeparated)]
            case .uuids(let uuids): [("uuids", uuids.commaSeparated(\.text))]
            }
        }
    }

    package enum Time: String, RowTime {
        case createdAt, updatedAt
        package var field: String { rawValue }
        package var sort: String { rawValue }
    }

    package struct Filter: QueryPart {
        package var isInfected: Bool?
        package var networkStatuses: Choice<NetworkStatus>?

        package init() {}

        package var parameters: [Parameter] {
            [
                isInfected.map { ("infected", $0 ? "true" : "false") },
                networkStatuses.map { ("networkStatuses", $0.commaSeparated(\.rawValue)) },
            ].compactMap { $0 }
        }
    }

    package typealias Scope = GroupScope
    package static var stream: VendorStream { .agents }
    package static var path: String { "/agents" }
    package static var always: [Parameter] { [("isDecommissioned", "true,false"), ("isUninstalled", "true,false")] }
}
