import Ports

extension AgentRow {
    var lastScan: Timestamp { identity.registeredAt + .seconds(86_400 * 20) }
    var scanStartedAt: Timestamp { lastScan - .seconds(4_200) }
    var scanFinishedAt: Timestamp? { identity.scanStatus == "finished" ? lastScan : nil }
    var scanAbortedAt: Timestamp? { identity.scanStatus == "aborted" ? lastScan - .seconds(600) : nil }
    var isInfected: Bool { agent.activeThreats > 0 }
    var coreCount: Int { identity.isWorkstation ? 8 : 32 }
    var cpuCount: Int { identity.isWorkstation ? 1 : 2 }
    var totalMemory: Int { identity.isWorkstation ? 16_384 : 131_072 }
    var cpu: String { identity.isMac ? "Simulated M" : "Simulated X \(coreCount)" }
    var serialNumber: String { "SIM-\(1000 + identity.ordinal)" }
    var externalID: String { identity.isWorkstation ? "" : "asset-\(identity.ordinal)" }
    var installer: String { identity.platform.installer }
    var rangerStatus: String { identity.isOld ? "NotApplicable" : identity.isWorkstation ? "Enabled" : "Disabled" }
    var rangerVersion: String? { identity.isOld ? nil : "25.1.0.2" }
    var vulnerability: String { identity.isOld ? "patch_required" : identity.isMac ? "not_applicable" : "up_to_date" }
    var isRebootRequired: Bool { identity.userActions.contains("reboot_needed") }
    var locationID: Int64? { identity.location.map { cast.numbering.id(.part, 500 + $0) } }
    var tags: [Tag] { identity.tags.map { Tag.all[$0] } }
    var distinguishedName: String? {
        identity.isWindows ? "CN=\(name),OU=Endpoints,DC=tidewater,DC=example" : nil
    }
    var userDistinguishedName: String? {
        identity.isWindows && identity.isWorkstation ? "CN=\(identity.user),OU=People,DC=tidewater,DC=example" : nil
    }
    var userGroups: [String] {
        userDistinguishedName == nil ? [] : ["CN=Staff,OU=Groups,DC=tidewater,DC=example"]
    }

    /// As `GET /agents` shows it at this moment.
    func write(to out: inout JSONWriter) {
        out.object { out in
            writePlace(to: &out)
            writeNetwork(to: &out)
            writeState(to: &out)
            writeModes(to: &out)
            writeTimes(to: &out)
            writeMachine(to: &out)
        }
    }

    func writeInterfaces(gateway: Bool, to out: inout JSONWriter) {
        out.list("networkInterfaces") { out in
            write(
                interface: 0, identity.isWindows ? "Ethernet" : "eth0", identity.address, identity.addressesV6,
                identity.hardwareAddress, gateway: gateway, to: &out)
            guard let second = identity.secondAddress else { return }
            write(
                interface: 1, identity.isWindows ? "VPN" : "docker0", second, [], identity.secondHardwareAddress,
                gateway: gateway, to: &out)
        }
    }

    func writeCloud(to out: inout JSONWriter) {
        out.object("cloudProviders") { out in
            if let cloud = identity.hosting { write(cloud, to: &out) }
            if let cluster = identity.cluster { write(cluster, to: &out) }
        }
    }
}

extension AgentRow {
    private func write(
        interface number: Int, _ name: String, _ address: String, _ addressesV6: [String], _ hardware: String,
        gateway: Bool, to out: inout JSONWriter
    ) {
        out.object { out in
            out.id("id", cast.numbering.id(.part, 1000 + 2 * identity.ordinal + number))
            out.list("inet") { $0.text(address) }
            out.texts("inet6", addressesV6)
            out.text("name", name)
            out.text("physical", hardware)
            if gateway {
                out.text("gatewayIp", number == 0 ? identity.gateway : nil)
                out.text("gatewayMacAddress", number == 0 ? "02:00:00:00:00:01" : nil)
            }
        }
    }

    private func write(_ cloud: Cloud, to out: inout JSONWriter) {
        out.object(named: cloud.provider) { out in
            out.text("cloudAccount", cloud.account)
            out.text("cloudImage", cloud.image)
            out.text("cloudInstanceId", cloud.instance)
            out.text("cloudInstanceSize", cloud.size)
            out.text("cloudLocation", cloud.location)
            out.text("cloudNetwork", cloud.network)
            out.texts("cloudTags", cloud.tags)
            if let role = cloud.role {
                out.text("awsRole", role)
                out.texts("awsSecurityGroups", cloud.securityGroups)
                out.texts("awsSubnetIds", cloud.subnets)
            }
            if let group = cloud.resourceGroup { out.text("azureResourceGroup", group) }
            if let account = cloud.serviceAccount { out.text("gcpServiceAccount", account) }
        }
    }

    private func write(_ cluster: Cluster, to out: inout JSONWriter) {
        out.object("Kubernetes") { out in
            out.text("clusterName", cluster.name)
            out.text("k8sType", cluster.kind)
            out.text("k8sVersion", cluster.version)
            out.text("k8sNodeName", cluster.node)
            out.texts("k8sNodeLabels", cluster.nodeLabels)
            out.text("agentNamespace", cluster.namespace)
            out.text("agentPodName", cluster.pod)
        }
    }

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
        out.text("externalId", externalID)
        out.text("licenseKey", "")
        out.text("serialNumber", serialNumber)
        out.text("lastLoggedInUserName", identity.user)
        out.null("osUsername")
        out.object("activeDirectory") { out in
            out.text("computerDistinguishedName", distinguishedName)
            out.texts("computerMemberOf", identity.groupsInDirectory)
            out.text("lastUserDistinguishedName", userDistinguishedName)
            out.texts("lastUserMemberOf", userGroups)
            out.text("mail", userDistinguishedName == nil ? nil : identity.mail)
            out.text("userPrincipalName", userDistinguishedName == nil ? nil : identity.mail)
        }
        out.object("tags") { out in
            out.list("sentinelone", of: identity.tags) { write(tag: $1, to: &$0) }
        }
    }

    private func write(tag number: Int, to out: inout JSONWriter) {
        out.object { out in
            out.time("assignedAt", identity.registeredAt)
            out.text("assignedBy", "platform-team")
            out.id("assignedById", cast.numbering.id(.user, 3))
            out.id("id", cast.numbering.id(.part, 1 + number))
            out.text("key", Tag.all[number].key)
            out.text("value", Tag.all[number].value)
        }
    }

    private func writeNetwork(to out: inout JSONWriter) {
        out.text("externalIp", identity.externalAddress)
        out.text("groupIp", "198.51.100.x")
        out.text("lastIpToMgmt", identity.address)
        writeInterfaces(gateway: true, to: &out)
        writeCloud(to: &out)
        if let location = identity.location {
            out.list("locations") { out in
                out.object {
                    $0.id("id", locationID)
                    $0.text("name", ["Head office", "Home"][location])
                    $0.text("scope", location == 0 ? "account" : "site")
                }
            }
        } else {
            out.null("locations")
        }
        out.flag("locationEnabled", !identity.isOld)
        out.text(
            "locationType", identity.location != nil ? "specific" : identity.isOld ? "not_supported" : "fallback")
        out.object("proxyStates") { out in
            out.flag("console", !identity.isWorkstation)
            out.flag("deepVisibility", false)
        }
    }

    private func writeState(to out: inout JSONWriter) {
        out.text("networkStatus", agent.networkStatus.rawValue)
        out.flag("networkQuarantineEnabled", false)
        out.flag("isActive", agent.isActive)
        out.flag("isDecommissioned", agent.isDecommissioned)
        out.flag("isUninstalled", false)
        out.flag("isPendingUninstall", false)
        out.flag("isUpToDate", !identity.isOld)
        out.flag("infected", isInfected)
        out.number("activeThreats", agent.activeThreats)
        out.flag("threatRebootRequired", isRebootRequired)
        out.texts("userActionsNeeded", identity.userActions)
        out.texts("missingPermissions", identity.missingPermissions)
        out.text("operationalState", "na")
        out.null("operationalStateExpiration")
        out.text("scanStatus", identity.scanStatus)
        out.flag("allowRemoteShell", true)
        out.flag("inRemoteShellSession", false)
        out.flag("showAlertIcon", false)
        out.flag("firewallEnabled", identity.isWindows)
        out.flag("encryptedApplications", identity.isEncrypted)
    }

    private func writeModes(to out: inout JSONWriter) {
        out.text("mitigationMode", mitigationMode)
        out.text("mitigationModeSuspicious", "detect")
        out.null("detectionState")
        out.text("remoteProfilingState", "disabled")
        out.null("remoteProfilingStateExpiration")
        out.text("consoleMigrationStatus", "N/A")
        out.text("appsVulnerabilityStatus", vulnerability)
        out.text("rangerStatus", rangerStatus)
        out.text("rangerVersion", rangerVersion)
        out.flag("hasContainerizedWorkload", identity.isContainerHost)
        if identity.isContainerHost {
            out.object("containerizedWorkloadCounts") { $0.number("containers", 4 + identity.ordinal % 9) }
        } else {
            out.null("containerizedWorkloadCounts")
        }
        out.flag("isAdConnector", false)
        out.flag("isHyperAutomate", false)
    }

    private func writeTimes(to out: inout JSONWriter) {
        out.time("createdAt", createdAt)
        out.time("updatedAt", agent.updatedAt)
        out.time("registeredAt", identity.registeredAt)
        out.time("lastActiveDate", lastActiveAt)
        out.time("decommissionedAt", agent.decommissionedAt)
        out.null("policyUpdatedAt", "groupUpdatedAt")
        out.time("firstFullModeTime", identity.isOld ? nil : identity.registeredAt + .seconds(40))
        out.time("scanStartedAt", scanStartedAt)
        out.time("scanFinishedAt", scanFinishedAt)
        out.time("scanAbortedAt", scanAbortedAt)
        out.time("lastSuccessfulScanDate", scanFinishedAt)
        out.time("fullDiskScanLastUpdatedAt", lastScan)
    }

    private func writeMachine(to out: inout JSONWriter) {
        let platform = identity.platform
        out.text("osType", platform.type)
        out.text("osName", platform.name)
        out.text("osRevision", platform.revision)
        out.text("osArch", identity.osArch)
        out.time("osStartTime", identity.registeredAt + .seconds(86_400 * 25))
        out.text("machineType", identity.machineType)
        out.text("modelName", identity.isWorkstation ? "Simulated Book 14" : "Simulated Rack")
        out.text("cpuId", cpu)
        out.number("cpuCount", cpuCount)
        out.number("coreCount", coreCount)
        out.number("totalMemory", totalMemory)
        out.text("agentVersion", identity.agentVersion)
        out.text("installerType", installer)
        out.null("storageName", "storageType")
    }
}

extension AgentRow {
    var mitigationMode: String { identity.isOld && !identity.isWorkstation ? "detect" : "protect" }
}
