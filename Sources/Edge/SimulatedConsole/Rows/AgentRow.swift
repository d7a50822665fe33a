import Ports

extension AgentRow {
    var lastScan: Timestamp { identity.registeredAt + .seconds(86_400 * 20) }

    /// As `GET /agents` shows it at this moment.
    func write(to out: inout JSONWriter) {
        out.object { out in
            writePlace(to: &out)
            writeState(to: &out)
            writeTimes(to: &out)
            writeMachine(to: &out)
        }
    }

    func writeInterfaces(gateway: Bool, to out: inout JSONWriter) {
        out.list("networkInterfaces") { out in
            out.object { out in
                out.id("id", cast.numbering.id(.part, 1000 + identity.ordinal))
                out.texts("inet", [identity.address])
                out.texts("inet6", [])
                out.text("name", identity.isWindows ? "Ethernet" : "eth0")
                out.text("physical", identity.hardwareAddress)
                if gateway {
                    let subnet = identity.address.split(separator: ".").prefix(3).joined(separator: ".")
                    out.text("gatewayIp", "\(subnet).1")
                    out.text("gatewayMacAddress", "02:00:00:00:00:01")
                }
            }
        }
    }
}

extension AgentRow {
    private func writePlace(to out: inout JSONWriter) {
        out.id("id", id)
        out.text("uuid", uuid)
        out.text("computerName", name)
        out.text("domain", identity.domain)
        out.id("accountId", account.id)
        out.text("accountName", account.name)
        out.id("siteId", site.id)
        out.text("siteName", site.name)
        out.id("groupId", group.id)
        out.text("groupName", group.name)
        out.text("externalId", "")
        out.text("externalIp", identity.externalAddress)
        out.text("groupIp", "198.51.100.x")
        out.text("lastIpToMgmt", identity.address)
        out.text("licenseKey", "")
        out.text("serialNumber", "SIM-\(1000 + identity.ordinal)")
        out.text("lastLoggedInUserName", identity.user)
        out.null("osUsername")
        out.object("activeDirectory") { out in
            out.text("computerDistinguishedName", "CN=\(name),OU=Endpoints,DC=tidewater,DC=example")
            out.texts("computerMemberOf", [])
            out.null("lastUserDistinguishedName")
            out.texts("lastUserMemberOf", [])
            out.null("mail", "userPrincipalName")
        }
        writeInterfaces(gateway: true, to: &out)
        out.object("cloudProviders") { _ in }
        out.null("locations")
        out.flag("locationEnabled", true)
        out.text("locationType", "fallback")
        out.object("tags") { out in
            out.list("sentinelone") { if !identity.isWorkstation { writeTag(to: &$0) } }
        }
    }

    private func writeTag(to out: inout JSONWriter) {
        out.object { out in
            out.time("assignedAt", identity.registeredAt)
            out.text("assignedBy", "platform-team")
            out.id("assignedById", cast.numbering.id(.user, 3))
            out.id("id", cast.numbering.id(.part, 1))
            out.text("key", "tier")
            out.text("value", "0")
        }
    }

    private func writeState(to out: inout JSONWriter) {
        out.text("networkStatus", agent.networkStatus.rawValue)
        out.flag("networkQuarantineEnabled", false)
        out.flag("isActive", agent.isActive)
        out.flag("isDecommissioned", agent.isDecommissioned)
        out.flag("isUninstalled", false)
        out.flag("isPendingUninstall", false)
        out.flag("isUpToDate", true)
        out.flag("infected", agent.activeThreats > 0)
        out.number("activeThreats", agent.activeThreats)
        out.flag("threatRebootRequired", false)
        out.texts("userActionsNeeded", [])
        out.texts("missingPermissions", [])
        out.text("operationalState", "na")
        out.null("operationalStateExpiration")
        out.text("mitigationMode", "protect")
        out.text("mitigationModeSuspicious", "detect")
        out.null("detectionState")
        out.text("scanStatus", "finished")
        out.flag("allowRemoteShell", true)
        out.flag("inRemoteShellSession", false)
        out.flag("showAlertIcon", false)
        out.flag("firewallEnabled", true)
        out.text("remoteProfilingState", "disabled")
        out.null("remoteProfilingStateExpiration")
        out.text("consoleMigrationStatus", "N/A")
        out.text("appsVulnerabilityStatus", "not_applicable")
        out.object("proxyStates") { out in
            out.flag("console", false)
            out.flag("deepVisibility", false)
        }
    }

    private func writeTimes(to out: inout JSONWriter) {
        out.time("createdAt", createdAt)
        out.time("updatedAt", agent.updatedAt)
        out.time("registeredAt", identity.registeredAt)
        out.time("lastActiveDate", lastActiveAt)
        out.time("decommissionedAt", agent.decommissionedAt)
        out.null("policyUpdatedAt", "groupUpdatedAt", "firstFullModeTime", "scanAbortedAt")
        out.time("scanStartedAt", lastScan - .seconds(4_200))
        out.time("scanFinishedAt", lastScan)
        out.time("lastSuccessfulScanDate", lastScan)
        out.time("fullDiskScanLastUpdatedAt", lastScan)
    }

    private func writeMachine(to out: inout JSONWriter) {
        let platform = identity.platform
        out.text("osType", platform.type)
        out.text("osName", platform.name)
        out.text("osRevision", platform.revision)
        out.text("osArch", "64 bit")
        out.time("osStartTime", identity.registeredAt + .seconds(86_400 * 25))
        out.text("machineType", identity.machineType)
        out.text("modelName", identity.isWorkstation ? "Simulated Book 14" : "Simulated Rack")
        out.text("cpuId", "Simulated CPU")
        out.number("cpuCount", 1)
        out.number("coreCount", identity.isWorkstation ? 8 : 32)
        out.number("totalMemory", identity.isWorkstation ? 16_384 : 131_072)
        out.text("agentVersion", identity.agentVersion)
        out.text("installerType", platform.installer)
        out.text("rangerStatus", "Enabled")
        out.text("rangerVersion", "25.1.0.2")
        out.flag("encryptedApplications", identity.isWorkstation)
        out.null("storageName", "storageType")
    }
}
