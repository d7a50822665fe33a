package import Ports

extension SimulatedConsoleSettings {
    private enum Switch: String, CaseIterable { case on, off }

    /// Takes what a scenario or a command line says; what it does not name stays as it is.
    package mutating func read(_ section: inout SettingsSection) {
        let always = Duration.zero ... .seconds(86_400 * 365)
        let some = Duration.milliseconds(1) ... .seconds(86_400 * 365)
        let seed = section.integer("seed", default: Int(clamping: self.seed), in: 0...Int.max)
        self.seed = UInt64(seed)
        accounts = section.integer("accounts", default: accounts, in: 1...100)
        sitesPerAccount = section.integer("sites-per-account", default: sitesPerAccount, in: 1...1_000)
        groupsPerSite = section.integer("groups-per-site", default: groupsPerSite, in: 1...100)
        agents = section.integer("agents", default: agents, in: 1...200_000)
        history = section.integer("history", default: history, in: 0...10_000_000)
        historyInterval = section.duration("history-interval", default: historyInterval, in: some)
        threatInterval = section.duration("threat-interval", default: threatInterval, in: some)
        maximumThreats = section.integer("max-threats", default: maximumThreats, in: 0...10_000_000)
        effectDelay = section.duration("effect-delay", default: effectDelay, in: always)
        readStories(&section, within: some)
        lateVisibility = section.duration("late-visibility", default: lateVisibility, in: always)
        lateShare = section.integer("late-share", default: lateShare, in: 0...100)
        cursorLifetime = section.duration("cursor-lifetime", default: cursorLifetime, in: always)
        expiringTokenDays = section.integer("expiring-token-days", default: expiringTokenDays, in: 0...3_650)
        readRateLimits(&section)
        let start = start
        if let faults = section.optional("faults", { $0.list($1, count: 0...1_000) { Fault(&$0, start: start) } }) {
            self.faults = faults
        }
    }

    private mutating func readStories(_ section: inout SettingsSection, within limits: ClosedRange<Duration>) {
        let told = section.choice("stories", default: stories.isEmpty ? Switch.off : .on)
        if (told == .on) == stories.isEmpty { stories = told == .on ? Self.usualStories : [] }
        let pace = section.text(
            "story-pace", default: String(timeScale), expecting: "a number from 0.001 to 100000"
        ) { text in Double(text).map { (0.001...100_000).contains($0) } ?? false }
        timeScale = Double(pace) ?? timeScale
        telemetryLife = section.duration("telemetry-life", default: telemetryLife, in: limits)
        hasHashReputation =
            section.choice("hash-reputation", default: hasHashReputation ? Switch.on : .off) == .on
    }

    private mutating func readRateLimits(_ section: inout SettingsSection) {
        var form = rateLimits ?? RateLimitAnswer()
        let isOn = section.choice("rate-limits", default: rateLimits == nil ? Switch.off : .on) == .on
        form.retryAfter = section.text(
            "retry-after", default: form.retryAfter, atMost: 200,
            expecting: "seconds, none, or any other text to be sent as it is"
        ) { $0.utf8.allSatisfy { $0 >= 0x20 } }
        form.body = section.choice("rate-limit-body", default: form.body)
        rateLimits = isOn ? form : nil
    }
}
