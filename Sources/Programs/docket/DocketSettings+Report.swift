import Boot
import Crypto
import Investigation
import Operator
import Ports
import Settings

extension DocketSettings {
    /// What `docket check` says of them. Token files are tried, and their content is thrown away.
    var report: SettingsReport {
        var problems: [String] = []
        let tokens = consoles.flatMap { [$0.readerToken] + ($0.writerToken.map { [$0] } ?? []) }
        let keys = (log.keyFiles + calls.keyFiles).map { (file: $0, isKey: true) }
        let rest = (log.secretFiles + calls.secretFiles + tokens).map { (file: $0, isKey: false) }
        for (file, isKey) in keys + rest {
            do {
                // A key has lines of its own.
                _ = isKey ? try file.wholeText() : try file.secret()
            } catch {
                // Said once, also where two consoles name one file.
                if !problems.contains(error.detail) { problems.append(error.detail) }
            }
        }
        var report = SettingsReport(
            deployment: deployment, log: log.summary, isLogExposed: log.isExposed, topicPrefix: topics.prefix,
            partitions: topics.partitions,
            consoles: consoles.map {
                .init(
                    id: $0.id.rawValue, url: "\($0.origin)", reader: $0.readerToken.path, writer: $0.writerToken?.path,
                    sentences: $0.sentences)
            },
            isDryRun: actions.isDryRun, needsApproval: actions.needsApproval,
            approvers: actions.approvers.map { .init(name: $0.name, fingerprint: $0.key.fingerprint) },
            problems: problems)
        report.openMonitors = monitor.places.filter { !$0.value.isLoopback }.sorted { $0.key < $1.key }.map {
            "the monitor of \($0.key) at \($0.value.address):\($0.value.port)"
        }
        return report
    }
}
