package import Investigation
package import SentinelOne

/// The way to one console: asked anew for every request, so that a token file that changed is used at once.
package struct ConsoleAccess: Sendable {
    package let id: ConsoleID
    /// nil while the token cannot be read.
    package let current: @Sendable () -> Console?
    /// For whoever publishes what it shows.
    package let shape: ConsoleShape

    package init(
        _ id: ConsoleID, shape: ConsoleShape = ConsoleShape(), current: @escaping @Sendable () -> Console?
    ) {
        self.id = id
        self.shape = shape
        self.current = current
    }
}
