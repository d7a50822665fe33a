/// Which field of a row each parameter asks about, written a second time and apart from the simulator's own tables: by
/// the names that answers have. What the field has to be follows from the parameter's name.
///
/// `agent:` and `threats:` look into the endpoint of the row, and into the threats of an endpoint. `UPPER` says that
/// questions spell the value in capitals; `-` that no field tells, so that only being understood can be asked for.
enum ParameterTable {
    static let scopes = ["accountIds", "siteIds", "groupIds"]

    static let text: [String: String] = [
        "threats": """
        accountIds = agentRealtimeInfo.accountId
        siteIds = agentRealtimeInfo.siteId
        groupIds = agentRealtimeInfo.groupId
        tenant = -
        ids = id
        agentIds = agentRealtimeInfo.agentId
        collectionIds = threatInfo.collectionId
        createdAt__gt createdAt__gte createdAt__lt createdAt__lte = threatInfo.createdAt
        updatedAt__gt updatedAt__gte updatedAt__lt updatedAt__lte = threatInfo.updatedAt
        analystVerdicts analystVerdictsNin = threatInfo.analystVerdict
        incidentStatuses incidentStatusesNin = threatInfo.incidentStatus
        mitigationStatuses mitigationStatusesNin = threatInfo.mitigationStatus
        resolved = -
        failedActions = threatInfo.failedActions
        pendingActions = threatInfo.pendingActions
        rebootRequired = threatInfo.rebootRequired
        mitigatedPreemptively = threatInfo.mitigatedPreemptively
        noteExists = -
        externalTicketExists = threatInfo.externalTicketExists
        externalTicketIds externalTicketId__contains = threatInfo.externalTicketId
        confidenceLevels confidenceLevelsNin = threatInfo.confidenceLevel
        classifications classificationsNin = threatInfo.classification
        classificationSources classificationSourcesNin = threatInfo.classificationSource
        detectionEngines detectionEnginesNin engines enginesNin = threatInfo.detectionEngines[].key
        initiatedBy initiatedByNin = threatInfo.initiatedBy
        initiatedByUsername__contains = threatInfo.initiatingUsername
        contentHashes contentHash__contains = threatInfo.sha1
        filePath__contains = threatInfo.filePath
        threatDetails__contains = threatInfo.threatName|threatInfo.filePath
        publisherName__contains = threatInfo.publisherName
        originatedProcess__contains = threatInfo.originatorProcess
        commandLineArguments__contains = threatInfo.maliciousProcessArguments
        storylines storyline__contains = threatInfo.storyline
        query = threatInfo.threatName|threatInfo.filePath|threatInfo.sha1|threatInfo.storyline|agentRealtimeInfo.agentComputerName
        agentIsActive = agentRealtimeInfo.agentIsActive
        agentMachineTypes agentMachineTypesNin = agentRealtimeInfo.agentMachineType
        agentVersions agentVersionsNin realtimeAgentVersion__contains = agentRealtimeInfo.agentVersion
        detectionAgentVersion__contains = agentDetectionInfo.agentVersion
        detectionAgentDomain__contains = agentDetectionInfo.agentDomain
        computerName__contains = agentRealtimeInfo.agentComputerName
        uuid__contains = agentRealtimeInfo.agentUuid
        osArchs = agent:osArch
        osNames osNamesNin = agentRealtimeInfo.agentOsName
        osTypes osTypesNin = agentRealtimeInfo.agentOsType
        hasAgentTags agentTagsData = -
        cloudProvider cloudProviderNin = -
        cloudAccount__contains = agentDetectionInfo.cloudProviders.*.cloudAccount
        cloudImage__contains = agentDetectionInfo.cloudProviders.*.cloudImage
        cloudInstanceId__contains = agentDetectionInfo.cloudProviders.*.cloudInstanceId
        cloudInstanceSize__contains = agentDetectionInfo.cloudProviders.*.cloudInstanceSize
        cloudLocation__contains = agentDetectionInfo.cloudProviders.*.cloudLocation
        cloudNetwork__contains = agentDetectionInfo.cloudProviders.*.cloudNetwork
        awsRole__contains = agentDetectionInfo.cloudProviders.AWS.awsRole
        awsSecurityGroups__contains = agentDetectionInfo.cloudProviders.AWS.awsSecurityGroups
        awsSubnetIds__contains = agentDetectionInfo.cloudProviders.AWS.awsSubnetIds
        azureResourceGroup__contains = agentDetectionInfo.cloudProviders.Azure.azureResourceGroup
        gcpServiceAccount__contains = agentDetectionInfo.cloudProviders.GCP.gcpServiceAccount
        containerName__contains = containerInfo.name
        containerImageName__contains = containerInfo.image
        containerLabels__contains = containerInfo.labels
        k8sClusterName__contains = kubernetesInfo.cluster
        k8sControllerName__contains = kubernetesInfo.controllerName
        k8sControllerLabels__contains = kubernetesInfo.controllerLabels
        k8sNamespaceName__contains = kubernetesInfo.namespace
        k8sNamespaceLabels__contains = kubernetesInfo.namespaceLabels
        k8sNodeName__contains = kubernetesInfo.node
        k8sNodeLabels__contains = kubernetesInfo.nodeLabels
        k8sPodName__contains = kubernetesInfo.pod
        k8sPodLabels__contains = kubernetesInfo.podLabels
        """,
        "agents": """
        accountIds = accountId
        siteIds filteredSiteIds = siteId
        groupIds filteredGroupIds = groupId
        ids = id
        locationIds locationIdsNin = locations[].id
        uuid uuids uuid__contains = uuid
        agentVersions agentVersionsNin = agentVersion
        agentVersion__gt agentVersion__gte agentVersion__lt agentVersion__lte agentVersion__between = agentVersion
        externalIp__contains = externalIp
        networkInterfaceInet__contains = networkInterfaces[].inet
        networkInterfacePhysical__contains = networkInterfaces[].physical
        networkInterfaceGatewayMacAddress__contains = networkInterfaces[].gatewayMacAddress
        gatewayIp = networkInterfaces[].gatewayIp
        computerName computerName__contains computerName__like = computerName
        lastLoggedInUserName__contains = lastLoggedInUserName
        serialNumber__contains = serialNumber
        externalId__contains = externalId
        cpuId__contains = cpuId
        osVersion__contains = osName|osRevision
        domains domainsNin = domain
        query = computerName|uuid|lastIpToMgmt|externalIp|lastLoggedInUserName
        adComputerName__contains = activeDirectory.computerDistinguishedName
        adComputerMember__contains = activeDirectory.computerMemberOf
        adComputerQuery__contains = activeDirectory.computerDistinguishedName|activeDirectory.computerMemberOf
        adUserName__contains = activeDirectory.lastUserDistinguishedName
        adUserMember__contains = activeDirectory.lastUserMemberOf
        adUserQuery__contains = activeDirectory.lastUserDistinguishedName|activeDirectory.lastUserMemberOf
        adQuery adQuery__contains = -
        hasTags tagsData = -
        updatedAt__gt updatedAt__gte updatedAt__lt updatedAt__lte updatedAt__between = updatedAt
        createdAt__gt createdAt__gte createdAt__lt createdAt__lte createdAt__between = createdAt
        registeredAt__gt registeredAt__gte registeredAt__lt registeredAt__lte registeredAt__between = registeredAt
        lastActiveDate__gt lastActiveDate__gte lastActiveDate__lt lastActiveDate__lte = lastActiveDate
        lastActiveDate__between = lastActiveDate
        lastSuccessfulScanDate__gt lastSuccessfulScanDate__gte lastSuccessfulScanDate__lt = lastSuccessfulScanDate
        lastSuccessfulScanDate__lte lastSuccessfulScanDate__between = lastSuccessfulScanDate
        decommissionedAt__gt decommissionedAt__gte decommissionedAt__lt decommissionedAt__lte = decommissionedAt
        decommissionedAt__between = decommissionedAt
        networkStatuses networkStatusesNin = networkStatus
        networkQuarantineEnabled = networkQuarantineEnabled
        isActive = isActive
        isDecommissioned = isDecommissioned
        isUninstalled = isUninstalled
        isPendingUninstall = isPendingUninstall
        isUpToDate = isUpToDate
        infected = infected
        activeThreats activeThreats__gt = activeThreats
        threatRebootRequired = threatRebootRequired
        userActionsNeeded userActionsNeededNin = userActionsNeeded
        missingPermissions missingPermissionsNin = missingPermissions
        operationalStates operationalStatesNin = operationalState
        scanStatus scanStatuses scanStatusesNin = scanStatus
        mitigationMode = mitigationMode
        mitigationModeSuspicious = mitigationModeSuspicious
        remoteProfilingStates remoteProfilingStatesNin = remoteProfilingState
        migrationStatus consoleMigrationStatuses consoleMigrationStatusesNin = consoleMigrationStatus
        appsVulnerabilityStatuses appsVulnerabilityStatusesNin = appsVulnerabilityStatus
        rangerStatus rangerStatuses rangerStatusesNin = rangerStatus
        rangerVersions rangerVersionsNin = rangerVersion
        firewallEnabled = firewallEnabled
        locationEnabled = locationEnabled
        encryptedApplications = encryptedApplications
        hasLocalConfiguration remoteOpsForensicsSupported rsoLevel liveUpdateId__contains = -
        machineTypes machineTypesNin = machineType
        osArch = osArch
        osTypes osTypesNin = osType
        installerTypes installerTypesNin = installerType
        coreCount__gt coreCount__gte coreCount__lt coreCount__lte coreCount__between = coreCount
        cpuCount__gt cpuCount__gte cpuCount__lt cpuCount__lte cpuCount__between = cpuCount
        totalMemory__gt totalMemory__gte totalMemory__lt totalMemory__lte totalMemory__between = totalMemory
        cloudProvider cloudProviderNin = -
        cloudAccount__contains = cloudProviders.*.cloudAccount
        cloudImage__contains = cloudProviders.*.cloudImage
        cloudInstanceId__contains = cloudProviders.*.cloudInstanceId
        cloudInstanceSize__contains = cloudProviders.*.cloudInstanceSize
        cloudLocation__contains = cloudProviders.*.cloudLocation
        cloudNetwork__contains = cloudProviders.*.cloudNetwork
        cloudTags__contains = cloudProviders.*.cloudTags
        awsRole__contains = cloudProviders.AWS.awsRole
        awsSecurityGroups__contains = cloudProviders.AWS.awsSecurityGroups
        awsSubnetIds__contains = cloudProviders.AWS.awsSubnetIds
        azureResourceGroup__contains = cloudProviders.Azure.azureResourceGroup
        gcpServiceAccount__contains = cloudProviders.GCP.gcpServiceAccount
        clusterName__contains = cloudProviders.Kubernetes.clusterName
        k8sType__contains = cloudProviders.Kubernetes.k8sType
        k8sVersion__contains = cloudProviders.Kubernetes.k8sVersion
        k8sNodeName__contains = cloudProviders.Kubernetes.k8sNodeName
        k8sNodeLabels__contains = cloudProviders.Kubernetes.k8sNodeLabels
        agentNamespace__contains = cloudProviders.Kubernetes.agentNamespace
        agentPodName__contains = cloudProviders.Kubernetes.agentPodName
        threatCreatedAt__gt threatCreatedAt__gte threatCreatedAt__lt = threats:threatInfo.createdAt
        threatCreatedAt__lte threatCreatedAt__between = threats:threatInfo.createdAt
        threatContentHash = threats:threatInfo.sha1
        threatHidden threatResolved threatMitigationStatus = -
        """,
        "activities": """
        accountIds = accountId
        siteIds = siteId
        groupIds = groupId
        ids = id
        createdAt__gt createdAt__gte createdAt__lt createdAt__lte createdAt__between = createdAt
        activityTypes = activityType
        activityUuids = activityUuid
        agentIds = agentId
        threatIds = threatId
        userIds = userId
        userEmails alertIds ruleIds includeHidden = -
        """,
        "cloud-detection/alerts": """
        accountIds = agentDetectionInfo.accountId
        siteIds = agentDetectionInfo.siteId
        groupIds = agent:groupId
        tenant = -
        ids = alertInfo.alertId
        createdAt__gt createdAt__gte createdAt__lt createdAt__lte = alertInfo.createdAt
        reportedAt__gt reportedAt__gte reportedAt__lt reportedAt__lte = alertInfo.reportedAt
        analystVerdict = UPPER alertInfo.analystVerdict
        incidentStatus = UPPER alertInfo.incidentStatus
        severity = ruleInfo.severity
        scopes = ruleInfo.scopeLevel
        ruleName__contains = ruleInfo.name
        query = ruleInfo.name|agentDetectionInfo.name|sourceProcessInfo.name|sourceProcessInfo.commandline
        machineType = agentDetectionInfo.machineType
        osType = agentDetectionInfo.osFamily
        origAgentName__contains = agentDetectionInfo.name
        origAgentUuid__contains = agentDetectionInfo.uuid
        origAgentVersion__contains = agentDetectionInfo.version
        origAgentOsRevision__contains = agentDetectionInfo.osRevision
        containerName__contains = containerInfo.name
        containerImageName__contains = containerInfo.image
        containerLabels__contains = containerInfo.labels
        k8sCluster__contains = kubernetesInfo.cluster
        k8sControllerName__contains = kubernetesInfo.controllerName
        k8sControllerLabels__contains = kubernetesInfo.controllerLabels
        k8sNamespaceName__contains = kubernetesInfo.namespace
        k8sNamespaceLabels__contains = kubernetesInfo.namespaceLabels
        k8sNode__contains = kubernetesInfo.node
        k8sPod__contains = kubernetesInfo.pod
        k8sPodLabels__contains = kubernetesInfo.podLabels
        sourceProcessName__contains = sourceProcessInfo.name
        sourceProcessFilePath__contains = sourceProcessInfo.filePath
        sourceProcessCommandline__contains = sourceProcessInfo.commandline
        sourceProcessFileHashMd5__contains = sourceProcessInfo.fileHashMd5
        sourceProcessFileHashSha1__contains = sourceProcessInfo.fileHashSha1
        sourceProcessFileHashSha256__contains = sourceProcessInfo.fileHashSha256
        sourceProcessStoryline__contains = sourceProcessInfo.storyline
        """,
        "groups": """
        accountIds = -
        siteIds = siteId
        groupIds id = id
        updatedAt__gt updatedAt__gte updatedAt__lt updatedAt__lte = updatedAt
        name = name
        description = description
        registrationToken = registrationToken
        type types = type
        isDefault = isDefault
        rank = rank
        query = name|description
        """,
        "sites": """
        siteIds = id
        accountIds accountId = accountId
        name name__contains = name
        accountName__contains = accountName
        description description__contains = description
        externalId = externalId
        registrationToken = registrationToken
        state states = state
        siteType = siteType
        suite = suite
        sku = sku
        module = licenses.modules[].name
        isDefault = isDefault
        healthStatus = healthStatus
        features adminOnly availableMoveSites = -
        totalLicenses = totalLicenses
        activeLicenses = activeLicenses
        createdAt = createdAt
        updatedAt = updatedAt
        expiration = expiration
        query = name|description|accountName
        """,
        "accounts": """
        accountIds ids = id
        name query = name
        states = state
        accountType = accountType
        usageType = usageType
        billingMode = billingMode
        features = -
        isDefault = isDefault
        totalLicenses = totalLicenses
        activeLicenses = activeAgents
        createdAt = createdAt
        updatedAt = updatedAt
        expiration = expiration
        """,
        "agents/tags": """
        accountIds siteIds groupIds includeChildren includeParents = -
        ids = id
        key key__contains = key
        value value__contains = value
        description = description
        query = key|value|description
        """,
    ]

    struct Line: Sendable {
        let name: String
        let path: String
        let isUpper: Bool
        /// Whether a field of the answer tells what the parameter asks for.
        var isTold: Bool { path != "-" }
    }

    static func lines(_ stream: String) -> [Line] {
        (text[stream] ?? "").split(separator: "\n").flatMap { line -> [Line] in
            let sides = line.split(separator: "=").map { $0.split(separator: " ") }
            let isUpper = sides[1].first == "UPPER"
            return sides[0].map { Line(name: String($0), path: String(sides[1].last ?? "-"), isUpper: isUpper) }
        }
    }

    /// Values for what no field tells.
    static let samples: [String: String] = [
        "tenant": "true", "agentTagsData": #"{"tier":["0"]}"#, "tagsData": #"{"tier":["0","2"]}"#,
        "cloudProvider": "AWS", "cloudProviderNin": "AWS", "adQuery": "tidewater", "adQuery__contains": "tidewater",
        "initiatedByNin": "console_api", "operationalStatesNin": "fully_disabled",
        "remoteProfilingStatesNin": "enabled", "consoleMigrationStatusesNin": "Pending", "rsoLevel": "pro",
        "liveUpdateId__contains": "1", "threatMitigationStatus": "mitigated",
        "userEmails": "nobody@tidewater.example", "alertIds": "200000000000000000",
        "ruleIds": "200000000000000000", "features": "ioc",
    ]
}
