/// Closed lists of values, as the API's documentation has them.
enum Choices {
    static let machineTypes = [
        "unknown", "desktop", "laptop", "server", "kubernetes node", "storage", "kubernetes pod",
    ]
    static let osTypes = ["windows", "windows_legacy", "linux", "macos"]
    static let osArchs = ["32 bit", "64 bit", "ARM64"]
    static let engines = [
        "reputation", "sentinelone_cloud", "cloud_detection", "user_blacklist", "pre_execution",
        "pre_execution_suspicious", "executables", "data_files", "exploits", "penetration", "pup", "lateral_movement",
        "remote_shell", "manual", "application_control", "threat_intelligence", "watchtower_cloud_detection",
        "driver_blocking",
    ]
    static let classificationSources = ["Cloud", "Behavioral", "Static", "Engine"]
    /// What several initiated is told so, and cannot be asked for.
    static let initiators = Detection.Initiator.allCases.filter { $0 != .multiple }.map(\.rawValue)
    static let networkStatuses = ["connected", "disconnected", "connecting", "disconnecting"]
    static let scanStatuses = ["none", "started", "aborted", "finished"]
    static let installers = [
        ".msi", ".exe", ".deb", ".rpm", ".bsx", ".pkg", ".img", "unknown", ".tar", ".zip", ".gz", ".xz",
    ]
    static let modes = ["detect", "protect"]
    static let rangerStatuses = ["NotApplicable", "Enabled", "Disabled"]
    static let migrations = ["N/A", "Pending", "Migrated", "Failed"]
    static let vulnerabilities = ["patch_required", "up_to_date", "not_applicable"]
    static let forensics = ["none", "pro", "ars"]
    static let userActions = [
        "none", "user_action_needed", "reboot_needed", "upgrade_needed", "incompatible_os", "unprotected",
        "rebootless_without_dynamic_detection", "extended_exclusions_partially_accepted", "reboot_required",
        "pending_deprecation", "ne_not_running", "ne_cf_not_active", "reboot_category",
        "missing_permissions_category", "agent_suppressed_category", "incompatible_os_category",
        "unprotected_category", "partial_functionality",
    ]
    static let missingPermissions = [
        "user_action_needed_fda", "user_action_needed_rs_fda", "user_action_needed_fda_helper",
        "user_action_needed_fda_sentineld", "user_action_needed_bluetooth_per", "user_action_needed_network",
        "user_action_needed_notifications",
    ]
    static let threatStatuses = ["mitigated", "blocked", "active", "suspicious", "pending", "suspicious_resolved"]
    static let severities = Rule.Severity.allCases.map(\.rawValue)
    static let levels = ["site", "global", "account", "group"]
    static let groupTypes = ["static", "dynamic", "pinned"]
    static let siteTypes = ["Trial", "Paid"]
    static let suites = ["Core", "Control", "Complete"]
    static let states = ["active", "expired", "deleted"]
    static let features = ["firewall-control", "device-control", "ioc"]
    static let usages = ["customer", "mssp"]
    static let billings = ["subscription", "consumption"]
}
