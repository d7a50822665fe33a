/// How long to wait before the same thing is tried again: longer each time, up to a limit, and never quite the same.
package struct Backoff: Sendable {
    private let initial: Duration
    private let factor: Double
    private let limit: Duration
    private let jitter: Double
    private var generator: any RandomNumberGenerator & Sendable
    private var base: Duration

    /// `jitter` is the share of each wait that chance may take away, from 0 (none) to 1 (all of it); the generator is
    /// given, so that a test can seed it.
    package init(
        initial: Duration, factor: Double = 2, limit: Duration, jitter: Double = 0.5,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        precondition(initial > .zero && limit >= initial, "a back-off starts above zero and not above its limit")
        precondition(factor >= 1 && (0...1).contains(jitter), "a back-off does not shrink, and jitter is a share")
        self.initial = initial
        self.factor = factor
        self.limit = limit
        self.jitter = jitter
        self.generator = generator
        base = initial
    }

    /// The next wait: never above the limit.
    package mutating func next() -> Duration {
        let wait = base * (1 - jitter * Double.random(in: 0..<1, using: &generator))
        // Compared before it is multiplied, so that no number of failures overflows.
        base = base > limit / factor ? limit : base * factor
        return wait
    }

    /// It worked: the next failure starts from the beginning.
    package mutating func reset() { base = initial }
}
