package import ActionLedger
package import Contracts
package import Crypto
package import Investigation
package import Ports
package import Stages

/// The one settings file, whole. Every program checks all of it, and takes the parts that concern it.
package struct DocketSettings: Sendable {
    package let deployment: String
    package let log: LogSettings
    package let topics: TopicSettings
    package let consoles: [ConsoleSettings]
    package let calls: CallSettings
    package let ingest: ObserveSettings
    package let actions: ActionSettings
    package let monitor: MonitorSettings

    package init(_ root: inout SettingsSection) {
        deployment = root.text(
            "deployment", atMost: 64, expecting: "a name of lower-case letters, digits and dashes", where: Self.isName)
        log = root.section("log", LogSettings.init)
        topics = root.section("topics", TopicSettings.init)
        consoles = root.list("consoles", count: 1...100, ConsoleSettings.init)
        calls = root.section("calls", CallSettings.init)
        ingest = root.section("ingest") { ObserveSettings(&$0) }
        actions = root.section("actions", ActionSettings.init)
        monitor = root.section("monitor") { MonitorSettings(&$0) }
        let names = consoles.map(\.id)
        for name in Set(names) where names.filter({ $0 == name }).count > 1 {
            root.refuse("two consoles have the id \(name); ids are what everything is named by", at: "consoles")
        }
    }

    static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    package var catalogue: Catalogue {
        Catalogue(
            deployment: deployment, prefix: topics.prefix, partitions: Int32(topics.partitions),
            recordLimit: log.recordLimit)
    }
}

package struct TopicSettings: Sendable {
    package let prefix: String
    package let partitions: Int

    package init(_ section: inout SettingsSection) {
        prefix = section.text(
            "prefix", default: "docket.", atMost: 100, expecting: "letters, digits, dots, dashes and underscores",
            where: { $0.utf8.allSatisfy { DocketSettings.isName(String(UnicodeScalar($0))) || $0 == 46 || $0 == 95 } })
        partitions = section.integer("partitions", default: 4, in: 1...1_000)
    }
}

/// One console. Ids never change; tokens lie in files and may be replaced at any time.
package struct ConsoleSettings: Sendable {
    package let id: ConsoleID
    package let origin: HTTPOrigin
    /// Enough to read: a viewer's.
    package let readerToken: SecretFile
    /// What actions are carried out with; nil: none are, on this console.
    package let writerToken: SecretFile?
    package let rate: RateSettings
    /// Which of its records are published.
    package let sieve: SieveSettings
    /// What of them is overwritten before that.
    package let redaction: Redaction
    /// What is said beside them.
    package let shaping: Shaping

    package init(_ section: inout SettingsSection) {
        let name = section.text(
            "id", expecting: "a name of lower-case letters, digits and dashes, 32 at most",
            where: { ConsoleID($0) != nil })
        id = ConsoleID(name) ?? .unnamed
        origin = section.origin("url")
        readerToken = section.secretFile("reader-token")
        writerToken = section.optional("writer-token") { $0.secretFile($1) }
        rate = section.section("rate", RateSettings.init)
        var sieve = section.section("filters") { SieveSettings(filters: &$0) }
        sieve.inventory = section.section("inventory") { Inventory(&$0) }
        self.sieve = sieve
        redaction = section.section("redact") { Redaction(&$0) }
        shaping = Shaping(&section)
    }
}

/// How much of what the console allows its token each program may use, in percent. What is left is for others.
package struct RateSettings: Sendable, Equatable {
    package let ingest: Int
    package let enrich: Int
    package let playbook: Int

    package init(_ section: inout SettingsSection) {
        ingest = section.integer("ingest", default: 60, in: 1...100)
        // Both read with the reader's token.
        enrich = section.integer("enrich", default: 100 - ingest, in: 0...100)
        playbook = section.integer("playbook", default: 100, in: 1...100)
        if ingest + enrich > 100 {
            section.refuse("ingest and enrich share one token: \(ingest) and \(enrich) percent are more than all of it")
        }
    }
}

extension ConsoleID {
    /// Stands in where the settings are wrong; nobody works with it.
    fileprivate static var unnamed: ConsoleID {
        guard let id = ConsoleID("unnamed") else { preconditionFailure("the stand-in is a valid id") }
        return id
    }
}

/// What may be done, by whom it is approved, and within which limits.
package struct ActionSettings: Sendable {
    package struct Approver: Sendable {
        package let name: String
        package let key: VerifyingKey
    }

    package let isDryRun: Bool
    package let needsApproval: Bool
    package let approvers: [Approver]
    package let limits: LedgerLimits

    package init(_ section: inout SettingsSection) {
        isDryRun = section.flag("dry-run", default: true)
        needsApproval = section.flag("approval", default: true)
        let listed = section.list("approvers", count: 0...1_000) { Approver(&$0) }
        approvers = listed.compactMap { $0 }
        let names = approvers.map(\.name)
        if Set(names).count < names.count { section.refuse("two approvers have one name", at: "approvers") }
        // One that is listed wrongly is a problem already, and of another kind.
        if !isDryRun && needsApproval && listed.isEmpty {
            section.refuse("dry run is off and approval is on, but nobody can approve: list approvers", at: "approvers")
        }
        limits = section.section("limits") { LedgerLimits(&$0) }
    }

    /// Whether this approver signed this text.
    package func isGenuine(_ text: String, _ signature: String, _ by: String) -> Bool {
        guard let approver = approvers.first(where: { $0.name == by }) else { return false }
        do {
            return approver.key.verifies(try Signature(signature), of: Bytes(text))
        } catch {
            return false  // what is no signature was signed by nobody
        }
    }

    package func orders(of deployment: String) -> OrderContext {
        OrderContext(
            deployment: deployment, hash: { SHA256(of: $0).hex },
            isGenuine: { [self] in isGenuine($0, $1, $2) })
    }
}

extension ActionSettings.Approver {
    fileprivate init?(_ section: inout SettingsSection) {
        name = section.text("name", atMost: 64)
        let text = section.text("key", expecting: "a public key as docket key show prints it") {
            (try? VerifyingKey($0)) != nil
        }
        guard let key = try? VerifyingKey(text) else { return nil }  // the problem is noted
        self.key = key
    }
}

extension LedgerLimits {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        let briefly = Duration.milliseconds(100) ... .seconds(60)
        writeDeadline = section.duration("write-deadline", default: writeDeadline, in: briefly)
        grace = section.duration("grace", default: grace, in: briefly)
        visibilityHorizon = section.duration(
            "visibility-horizon", default: visibilityHorizon, in: .seconds(1) ... .seconds(86_400))
        absenceGap = section.duration("absence-gap", default: absenceGap, in: .milliseconds(100) ... .seconds(3_600))
        attemptLimit = section.integer("attempts", default: attemptLimit, in: 1...10)
        overdueAfter = section.duration("overdue", default: overdueAfter, in: .seconds(1) ... .seconds(30 * 86_400))
    }
}
