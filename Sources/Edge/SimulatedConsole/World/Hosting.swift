import Ports

/// Where a rented machine stands, as its provider names things.
struct Cloud: Sendable {
    let provider: String
    let account: String
    let image: String
    let instance: String
    let size: String
    let location: String
    let network: String
    let tags: [String]
    /// Amazon's only.
    var role: String?
    var securityGroups: [String] = []
    var subnets: [String] = []
    /// Azure's only.
    var resourceGroup: String?
    /// Google's only.
    var serviceAccount: String?
}

/// What runs on a host of containers, and in which cluster.
struct Container: Sendable {
    let id: String
    let image: String
    let name: String
    let labels: [String]
}

struct Cluster: Sendable {
    let name: String
    let kind: String
    let version: String
    let namespace: String
    let namespaceLabels: [String]
    let controllerKind: String
    let controller: String
    let controllerLabels: [String]
    let node: String
    let nodeLabels: [String]
    let pod: String
    let podLabels: [String]
}

/// One of Amazon's container services.
struct ContainerTask: Sendable {
    let cluster: String
    let service: String
    let arn: String
    let family: String
    let zone: String
}

extension Identity {
    private var zone: Int { Int((traits >> 44) % 3) }

    var hosting: Cloud? {
        let serial = String(0x1_0000_0000 + ordinal, radix: 16).dropFirst()
        switch cloud {
        case "AWS":
            return Cloud(
                provider: "AWS", account: "90000000000\(zone)", image: "ami-0\(zone)5imulated",
                instance: "i-0\(serial)",
                size: "m6i.\(["large", "xlarge", "2xlarge"][zone])", location: "eu-central-1\(["a", "b", "c"][zone])",
                network: "vpc-\(zone)0a1", tags: ["env:\(zone == 0 ? "production" : "staging")"], role: "app-\(zone)",
                securityGroups: ["sg-web-\(zone)", "sg-base"], subnets: ["subnet-\(zone)0b2"])
        case "Azure":
            return Cloud(
                provider: "Azure", account: "subscription-\(zone)", image: "debian-12-\(zone)",
                instance: "vm-\(serial)", size: "Standard_D\(2 << zone)s_v5", location: "westeurope",
                network: "vnet-\(zone)", tags: ["owner:platform"], resourceGroup: "rg-tidewater-\(zone)")
        case "GCP":
            return Cloud(
                provider: "GCP", account: "tidewater-\(zone)", image: "debian-12", instance: "gce-\(serial)",
                size: "n2-standard-\(2 << zone)", location: "europe-west3-\(["a", "b", "c"][zone])", network: "default",
                tags: ["owner:research"], serviceAccount: "runner-\(zone)@tidewater.example")
        default: return nil
        }
    }

    var container: Container? {
        guard isContainerHost else { return nil }
        var dice = Dice(cast.seed, 900_000_000 + ordinal)
        let app = ["ledger", "portal", "parser"][zone]
        return Container(
            id: dice.hex(64), image: "registry.tidewater.example/\(app):1.\(zone)", name: "\(app)-\(ordinal % 7)",
            labels: ["app:\(app)", "tier:backend"])
    }

    var cluster: Cluster? {
        guard isKubernetesNode else { return nil }
        let app = ["ledger", "portal", "parser"][zone]
        return Cluster(
            name: "tide-\(zone)", kind: "EKS", version: "1.3\(zone)", namespace: "\(app)-live",
            namespaceLabels: ["team:\(app)"], controllerKind: "Deployment", controller: app,
            controllerLabels: ["app:\(app)"], node: "node-\(ordinal)", nodeLabels: ["zone:\(zone)", "pool:general"],
            pod: "\(app)-\(String(0x10_0000 + ordinal, radix: 16))", podLabels: ["app:\(app)", "release:stable"])
    }

    var task: ContainerTask? {
        guard isInECS else { return nil }
        let arn = "arn:aws:ecs:eu-central-1:90000000000\(zone)"
        return ContainerTask(
            cluster: "ecs-\(zone)", service: "\(arn):service/portal", arn: "\(arn):task/\(ordinal)", family: "portal",
            zone: "eu-central-1\(["a", "b", "c"][zone])")
    }
}
