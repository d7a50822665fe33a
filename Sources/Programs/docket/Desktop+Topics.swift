import Boot
import Contracts
import Foundation
import Operator
import Ports

extension Desktop {
    /// Shows the topics, plans what they lack, does it, or prints who may use them.
    func topics(_ what: Command.Topics) throws {
        if case .acls(let asCommands, let principals) = what {
            let list = AccessList(catalogue, principals: principals)
            return emit(asCommands ? list.commands() : invocation.isJSON ? list.json() : list.text(on: terminal.paper))
        }
        let report = TopicReport(on: terminal.paper)
        // Only a cluster is opened: opening the embedded log would make it.
        guard case .kafka = settings.log, let cluster = try Journals.log(settings).administration else {
            let log = settings.log.summary
            guard case .list = what else { return emit(report.embedded(log, json: invocation.isJSON)) }
            return emit(
                invocation.isJSON ? TopicJSON.list(catalogue, nil) : report.list(embeddedIn: log, catalogue))
        }
        do {
            try topics(what, of: cluster, report)
        } catch let failure as LogFailure where failure.code.hasSuffix("AUTHORIZATION_FAILED") {
            let hint = "list, plan and apply want an administrator's login; docket topics --help says which rights"
            throw Complaint(.unavailable, [failure.detail, hint])
        }
    }

    private func topics(
        _ what: Command.Topics, of cluster: any TopicAdministering, _ report: TopicReport
    ) throws {
        switch what {
        case .list:
            let plan = try plan(on: cluster)
            emit(invocation.isJSON ? TopicJSON.list(catalogue, plan) : report.list(plan))
        case .plan(let copies):
            let plan = try plan(on: cluster, copies: copies)
            emit(invocation.isJSON ? TopicJSON.plan(plan, done: nil) : report.plan(plan))
            exit(plan.exitCode)
        case .apply(let copies):
            let done = try TopicsDone(applying: try plan(on: cluster, copies: copies), to: cluster)
            let left = try plan(on: cluster, copies: copies)
            emit(invocation.isJSON ? TopicJSON.plan(left, done: done) : report.applied(done, now: left))
            exit(left.exitCode)
        case .acls: preconditionFailure("needs no cluster")
        }
    }

    private func plan(on cluster: any TopicAdministering, copies: Int? = nil) throws -> TopicPlan {
        TopicPlan(catalogue, found: try cluster.describe(catalogue.declarations.map(\.name)), copies: copies)
    }
}
