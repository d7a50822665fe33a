package import Ports

/// What a simulated console is made of. Everything that it shows follows from these, the requests and their times.
package struct SimulatedConsoleSettings: Sendable, Equatable {
    package var seed: UInt64 = 1
    package var accounts = 1
    package var sitesPerAccount = 4
    package var groupsPerSite = 3
    package var agents = 20
    /// Before this moment nothing happened.
    package var start: Timestamp
    /// One detection each time this has passed.
    package var threatInterval: Duration = .seconds(60)
    package var maximumThreats = 1_000
    /// Detections before the start, one each `historyInterval`; they cost nothing until somebody asks for them.
    package var history = 0
    package var historyInterval: Duration = .seconds(60)
    /// From accepting an isolation or a release to its effect.
    package var effectDelay: Duration = .seconds(1)

    /// What happens beside the lone detections, and how many times faster than told; `usualStories` are a programme.
    package var stories: [Cue] = []
    package var timeScale = 1.0
    /// Events older than this are gone.
    package var telemetryLife = Duration.seconds(90 * 86_400)
    /// Whether `/hashes/{hash}/reputation` and `/classification` are still there: newer consoles have dropped them.
    package var hasHashReputation = false
    /// From one step of an event query to the next.
    package var queryStep = Duration.seconds(1)

    /// Some records become visible only so long after they happened; the share is in percent of all.
    package var lateVisibility: Duration = .zero
    package var lateShare = 0

    /// What is left of the token that is about to expire, in days.
    package var expiringTokenDays = 3

    /// Too many calls are refused in this form; nil lets every one pass.
    package var rateLimits: RateLimitAnswer?
    /// Time may be moved ahead by who runs the simulation.
    package var isClockMovable = false

    /// What goes wrong from the start on.
    var faults: [Fault] = []

    /// A walk that rests for longer has to begin anew.
    package var cursorLifetime: Duration = .seconds(3_600)

    package init(start: Timestamp) { self.start = start }
}
