package import Investigation
package import SentinelOne

/// The way to one console: asked anew for every request, so that a token file that changed is used at once.
package struct ConsoleAccess: Sendable {
    package let id: ConsoleID
    /// nil while the token cannot be read.
    package let current: @Sendable () -> Console?
    /// The settings name no token to act with: there is nothing to wait for.
    package let isReadOnly: Bool
    /// For whoever publishes what it shows.
    package let shape: ConsoleShape

    package init(
        _ id: ConsoleID, isReadOnly: Bool = false, shape: ConsoleShape = ConsoleShape(),
        current: @escaping @Sendable () -> Console?
    ) {
        self.id = id
        self.isReadOnly = isReadOnly
        self.shape = shape
        self.current = current
    }
}
