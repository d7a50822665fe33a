package import Ports

/// What every runner is given besides its log and its work.
package struct RunnerSetting {
    /// The dead-letter topic.
    package var deadLetters: String
    package var clock: () -> Timestamp
    package var seams: Seams
    /// Of a value that a dead letter has to leave out; the core cannot compute one itself.
    package var digest: ((Bytes) -> String)?
    /// Where the measures of decisions go that have come true.
    package var meters: Meters

    package init(
        deadLetters: String, clock: @escaping () -> Timestamp, seams: Seams = .none,
        digest: ((Bytes) -> String)? = nil, meters: Meters = .none
    ) {
        self.deadLetters = deadLetters
        self.clock = clock
        self.seams = seams
        self.digest = digest
        self.meters = meters
    }
}
