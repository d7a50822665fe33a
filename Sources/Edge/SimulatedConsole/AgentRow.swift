import Ports

extension Agent {
    var domain: String { "TIDEWATER" }
    private var lastScan: Timestamp { registeredAt + .seconds(86_400 * 20) }
    private var isWorkstation: Bool { machineType != "server" }

    /// As `GET /agents` shows it at this moment.
    func row(_ numbering: Numbering) -> JSON {
        identity(numbering).with(state).with(hardware)
    }

    private func identity(_ numbering: Numbering) -> JSON {
        [
            "id": .id(id), "uuid": .text(uuid), "computerName": .text(name), "domain": .text(domain),
            "accountId": .id(account.id), "accountName": .text(account.name), "siteId": .id(site.id),
            "siteName": .text(site.name), "groupId": .id(group.id), "groupName": .text(group.name),
            "externalId": "", "externalIp": .text(externalAddress), "groupIp": "198.51.100.x",
            "lastIpToMgmt": .text(address), "licenseKey": "", "serialNumber": .text("SIM-\(1000 + ordinal)"),
            "lastLoggedInUserName": .text(user), "osUsername": nil,
            "activeDirectory": [
                "computerDistinguishedName": .text("CN=\(name),OU=Endpoints,DC=tidewater,DC=example"),
                "computerMemberOf": [], "lastUserDistinguishedName": nil, "lastUserMemberOf": [], "mail": nil,
                "userPrincipalName": nil,
            ],
            "networkInterfaces": interfaces(numbering, gateway: true), "cloudProviders": [:], "locations": nil,
            "locationEnabled": true, "locationType": "fallback",
            "tags": [
                "sentinelone": isWorkstation
                    ? []
                    : [
                        [
                            "assignedAt": .time(registeredAt), "assignedBy": "platform-team",
                            "assignedById": .id(numbering.id(.user, 3)), "id": .id(numbering.id(.part, 1)),
                            "key": "tier", "value": "0",
                        ]
                    ]
            ],
        ]
    }

    private var state: [String: JSON] {
        [
            "networkStatus": .text(networkStatus.rawValue), "networkQuarantineEnabled": false,
            "isActive": .bool(!isDecommissioned), "isDecommissioned": .bool(isDecommissioned), "isUninstalled": false,
            "isPendingUninstall": false, "isUpToDate": true, "infected": .bool(activeThreats > 0),
            "activeThreats": .number(Int64(activeThreats)), "threatRebootRequired": false, "userActionsNeeded": [],
            "missingPermissions": [], "operationalState": "na", "operationalStateExpiration": nil,
            "mitigationMode": "protect", "mitigationModeSuspicious": "detect", "detectionState": nil,
            "createdAt": .time(createdAt), "updatedAt": .time(updatedAt),
            "registeredAt": .time(registeredAt), "lastActiveDate": .time(updatedAt - .milliseconds(80)),
            "decommissionedAt": .time(decommissionedAt), "policyUpdatedAt": nil, "groupUpdatedAt": nil,
            "firstFullModeTime": nil, "scanStatus": "finished", "scanStartedAt": .time(lastScan - .seconds(4_200)),
            "scanFinishedAt": .time(lastScan), "scanAbortedAt": nil, "lastSuccessfulScanDate": .time(lastScan),
            "fullDiskScanLastUpdatedAt": .time(lastScan), "allowRemoteShell": true, "inRemoteShellSession": false,
            "showAlertIcon": false, "firewallEnabled": true, "remoteProfilingState": "disabled",
            "remoteProfilingStateExpiration": nil, "consoleMigrationStatus": "N/A",
            "appsVulnerabilityStatus": "up_to_date", "proxyStates": ["console": false, "deepVisibility": false],
        ]
    }

    private var hardware: [String: JSON] {
        [
            "osType": .text(platform.type), "osName": .text(platform.name), "osRevision": .text(platform.revision),
            "osArch": "64 bit", "osStartTime": .time(registeredAt + .seconds(86_400 * 25)),
            "machineType": .text(machineType),
            "modelName": .text(isWorkstation ? "Simulated Book 14" : "Simulated Rack"),
            "cpuId": "Simulated CPU", "cpuCount": 1, "coreCount": isWorkstation ? 8 : 32,
            "totalMemory": isWorkstation ? 16_384 : 131_072, "agentVersion": .text(agentVersion),
            "installerType": .text(platform.installer), "rangerStatus": "Enabled", "rangerVersion": "25.1.0.2",
            "encryptedApplications": .bool(isWorkstation), "storageName": nil, "storageType": nil,
        ]
    }

    var agentVersion: String { platform.type == "windows" ? "25.2.1.108" : "25.2.1.21" }
    var externalAddress: String { "198.51.100.\(1 + ordinal % 250)" }

    func interfaces(_ numbering: Numbering, gateway: Bool) -> JSON {
        let interface: JSON = [
            "id": .id(numbering.id(.part, 1000 + ordinal)), "inet": [.text(address)], "inet6": [],
            "name": .text(platform.type == "windows" ? "Ethernet" : "eth0"), "physical": .text(hardwareAddress),
        ]
        let subnet = address.split(separator: ".").prefix(3).joined(separator: ".")
        let way: [String: JSON] = ["gatewayIp": .text("\(subnet).1"), "gatewayMacAddress": "02:00:00:00:00:01"]
        return [gateway ? interface.with(way) : interface]
    }
}
