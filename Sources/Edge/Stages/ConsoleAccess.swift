package import Investigation
package import SentinelOne

/// The way to one console: asked anew for every request, so that a token file that changed is used at once.
package struct ConsoleAccess: Sendable {
    package let id: ConsoleID
    /// nil while the token cannot be read.
    package let current: @Sendable () -> Console?

    package init(_ id: ConsoleID, current: @escaping @Sendable () -> Console?) {
        self.id = id
        self.current = current
    }
}
