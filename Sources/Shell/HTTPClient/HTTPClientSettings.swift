/// How the client connects and how much it does at once. TLS verification is not among them: it is always on.
package struct HTTPClientSettings: Sendable, Equatable {
    /// For address, connection and TLS handshake together.
    package var connectTimeout: Duration = .seconds(10)
    /// Calls on the wire at one time; the rest wait their turn.
    package var callsInFlight = 64
    /// Calls that may wait; one more fails at once as not sent. 10,000 small requests are some 10 MB.
    package var callsWaiting = 10_000
    /// A PEM file of authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
    /// `http://host:port`. Without it no proxy is used, whatever the environment says.
    package var proxy: String?
    package var userAgent = "docket"

    package init() {}
}
