import Ports

extension SimulatedConsole {
    /// What the activity of a new alert tells beside its sentence: everything flat, under names of its own.
    func noticeData(of alert: Alert) -> [String: JSON] {
        let agent = row(ofAgent: alert.agent)
        let facts = alert.facts(on: agent.identity)
        let rule = Rule.all[alert.rule]
        let id = cast.numbering.id(.alert, alert.ordinal)
        let ruleID = cast.numbering.id(.rule, rule.ordinal)
        var data: [String: JSON] = [
            "alertId": .number(id), "alertid": .number(id), "ruleId": .number(ruleID), "ruleid": .number(ruleID),
            "rulename": .text(rule.name), "ruledescription": .text(rule.description),
            "rulescopeid": .number(cast.accounts[0].id),
            "rulescopelevel": .text("E_" + rule.scopeLevel.rawValue.uppercased()),
            "severity": .text("E_" + rule.severity.rawValue.uppercased()),
            "detectedat": .number(alert.createdAt.milliseconds), "dveventid": .text(facts.eventID),
            "dveventtype": .text(facts.eventType), "sourcename": "STAR", "scopeId": .number(agent.group.id),
            "systemUser": 0, "userId": .number(administrator.id),
        ]
        for name in Self.absent { data[name] = "" }
        data.merge(Self.told(facts.info)) { $1 }
        data.merge(Self.told(agent)) { $1 }
        data.merge(Self.told(facts.source, "sourceprocess")) { $1 }
        data.merge(Self.told(facts.parent, "sourceparentprocess")) { $1 }
        data.merge(Self.told(target: facts)) { $1 }
        return data
    }

    /// Always there, and empty where it is not that kind of event.
    private static let absent = [
        "indicatorcategory", "indicatordescription", "indicatorname", "k8sclustername", "k8scontainerid",
        "k8scontainerimage", "k8scontainerlabels", "k8scontainername", "k8scontrollerkind", "k8scontrollerlabels",
        "k8scontrollername", "k8snamespace", "k8snamespacelabels", "k8snode", "k8spod", "k8spodlabels",
        "loginaccountsid", "registryoldvalue", "registryoldvaluetype", "srcip", "tgtfileid", "tgtfileoldpath",
        "tiindicatorcomparisonmethod", "tiindicatorsource", "tiindicatortype", "tiindicatorvalue",
    ]

    private static func told(_ info: [String: String]) -> [String: JSON] {
        func text(_ name: String) -> JSON { .text(info[name] ?? "") }
        func number(_ name: String) -> JSON { .number(Int64(info[name] ?? "") ?? 0) }
        return [
            "dnsrequest": text("dnsRequest"), "dnsresponse": text("dnsResponse"), "dstip": text("dstIp"),
            "dstport": number("dstPort"), "srcport": number("srcPort"), "srcmachineip": text("srcMachineIp"),
            "neteventdirection": text("netEventDirection"), "registrykeypath": text("registryKeyPath"),
            "registrypath": text("registryPath"), "registryvalue": text("registryValue"),
            "loginaccountdomain": text("loginAccountDomain"), "loginsusername": text("loginsUserName"),
            "loginissuccessful": text("loginIsSuccessful"), "logintype": text("loginType"),
            "loginisadministratorequivalent": text("loginIsAdministratorEquivalent"),
            "modulepath": text("modulePath"), "modulesha1": text("moduleSha1"),
        ]
    }

    private static func told(_ agent: AgentRow) -> [String: JSON] {
        let identity = agent.identity
        return [
            "agentipv4": .text(identity.address), "externalip": .text(identity.externalAddress),
            "origagentmachinetype": .text(identity.machineType), "origagentname": .text(agent.name),
            "origagentosfamily": .text(identity.platform.type), "origagentosname": .text(identity.platform.name),
            "origagentosrevision": .text(identity.platform.revision),
            "origagentsiteid": .text(String(agent.site.id)), "origagentuuid": .text(agent.uuid),
            "origagentversion": .text(identity.agentVersion), "physical": .text(identity.hardwareAddress),
        ]
    }

    private static func told(_ process: AlertFacts.Process, _ prefix: String) -> [String: JSON] {
        let isParent = prefix == "sourceparentprocess"
        let signer = JSON.text(process.signer ?? "")
        var data: [String: JSON] = [
            "commandline": .text(process.commandLine), "integritylevel": .text(process.integrity),
            "key": .text(process.uniqueID), "md5": .text(process.md5 ?? ""), "name": .text(process.name),
            (isParent ? "path" : "filepath"): .text(process.path), "pid": .number(Int64(process.pid)),
            "sha1": .text(process.sha1 ?? ""), "sha256": .text(process.sha256 ?? ""),
            (isParent ? "signeridentity" : "filesigneridentity"): signer,
            "starttime": .number(process.startedAt.milliseconds), "storyline": .text(process.storyline),
            "subsystem": "unknown", "username": .text(process.user),
        ]
        // As misspelt there.
        if !isParent { data["filesingeridentity"] = signer }
        return Dictionary(data.map { (prefix + $0.key, $0.value) }) { $1 }
    }

    private static func told(target facts: AlertFacts) -> [String: JSON] {
        let target = facts.target
        return [
            "tgtfilecreatedat": 0, "tgtfilemodifiedat": 0, "tgtfileissigned": "unsigned",
            "tgtfilepath": .text(facts.targetFile ?? ""), "tgtfilehashsha1": .text(facts.targetFileSHA1 ?? ""),
            "tgtfilehashsha256": "", "tgtproccmdline": .text(target?.commandLine ?? ""),
            "tgtprocessstarttime": .text(target?.startedAt.description ?? ""),
            "tgtprocimagepath": .text(target?.path ?? ""), "tgtprocintegritylevel": .text(target?.integrity ?? ""),
            "tgtprocname": .text(target?.name ?? ""), "tgtprocpid": .number(Int64(target?.pid ?? 0)),
            "tgtprocsignedstatus": .text(target.map { $0.signer == nil ? "unsigned" : "signed" } ?? ""),
            "tgtprocstorylineid": .text(target?.storyline ?? ""), "tgtprocuid": .text(target?.uniqueID ?? ""),
        ]
    }
}
