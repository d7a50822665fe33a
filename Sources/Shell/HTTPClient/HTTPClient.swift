package import Ports

/// HTTP calls on libcurl's multi interface: many side by side, on the one thread that owns this object.
///
/// What a caller may rely on:
/// - `notSent` is said only while libcurl had not announced (`CURLOPT_PREREQFUNCTION`) that it is about to write the
///   request: no address, no connection, no TLS handshake. From that moment on every failure is `mayHaveArrived`.
/// - A write is put on the wire once: it gets a connection of its own and HTTP/1.1, because libcurl repeats by itself
///   what it sent on a reused connection or an HTTP/2 stream. A read may be repeated, and shares: one HTTP/2
///   connection for all reads of a server that speaks it over TLS, kept HTTP/1.1 connections else.
/// - `authorization` becomes the `Authorization` header as it stands (scheme included) and appears in no error text.
/// - A call goes to the host and port of its origin, if need be through the proxy. No redirect is followed, no protocol but http and https is spoken, no environment variable is consulted.
/// - `deadline` counts from `start`, waiting for a free place included, and is looked at once more in the last moment
///   before the request is written.
package final class HTTPClient: HTTPCalls {
    private let settings: HTTPClientSettings
    private let reads: Lane
    private let writes: Lane
    private var waiting: [Transfer] = []
    private var ended: [(call: CallID, result: HTTPResult)] = []

    /// While calls are on both lanes, one is waited on so long before the other is looked at. Writes are few and short.
    private static let turn = Duration.milliseconds(5)

    /// With the standard settings, which need nothing that could be missing.
    package convenience init() { self.init(checked: HTTPClientSettings()) }

    package convenience init(_ settings: HTTPClientSettings) throws(HTTPClientFailure) {
        try settings.check()
        self.init(checked: settings)
    }

    private init(checked settings: HTTPClientSettings) {
        precondition(settings.callsInFlight > 0, "callsInFlight must be at least 1")
        self.settings = settings
        reads = Lane(connections: settings.callsInFlight)
        writes = Lane(connections: settings.callsInFlight)
    }

    /// Before the lanes, which end libcurl.
    deinit { waiting = [] }

    package func start(_ request: HTTPRequest, as call: CallID) {
        guard waiting.count < settings.callsWaiting else {
            let failure = HTTPFailure(
                .notSent, code: "http.queue_full",
                detail: "\(settings.callsWaiting) calls already wait; start fewer or allow more")
            ended.append((call, .failure(failure)))
            return
        }
        do throws(HTTPFailure) {
            waiting.append(try Transfer(request, as: call, settings: settings))
        } catch {
            ended.append((call, .failure(error)))
        }
    }

    /// Calls that have not ended yet.
    package var unfinished: Int { waiting.count + running + ended.count }

    private var running: Int { reads.count + writes.count }

    /// As the port says; returns at once where nothing is in flight.
    package func finished(waiting limit: Duration) -> [(call: CallID, result: HTTPResult)] {
        let until = ContinuousClock.now + limit
        while true {
            admit()
            ended += reads.perform() + writes.perform()
            admit()
            let now = ContinuousClock.now
            if !ended.isEmpty || running == 0 || now >= until {
                defer { ended = [] }
                return ended
            }
            let next = [until, reads.nudgeAt, waiting.map(\.expires).min()].compactMap { $0 }.min() ?? until
            if reads.count == 0 {
                writes.wait(next - now)
            } else if writes.count == 0 {
                reads.wait(next - now)
            } else {
                writes.wait(min(next - now, Self.turn))
                reads.wait(.zero)
            }
        }
    }

    /// Moves calls from the queue to the wire, oldest first, and ends those whose deadline passed in the queue.
    private func admit() {
        let now = ContinuousClock.now
        if waiting.contains(where: { $0.expires <= now }) {
            for transfer in waiting where transfer.expires <= now { ended.append((transfer.call, transfer.expired())) }
            waiting.removeAll { $0.expires <= now }
        }
        let free = settings.callsInFlight - running
        guard free > 0, !waiting.isEmpty else { return }
        for transfer in waiting.prefix(free) {
            transfer.limit(to: transfer.expires - now)
            if let why = (transfer.isWrite ? writes : reads).start(transfer) {
                ended.append((transfer.call, transfer.failed("http.start", why)))
            }
        }
        waiting.removeFirst(min(free, waiting.count))
    }
}
