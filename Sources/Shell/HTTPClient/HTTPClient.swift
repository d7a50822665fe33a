import CCurl
package import Ports

/// HTTP calls on libcurl's multi interface: many side by side, on the one thread that owns this object.
///
/// What a caller may rely on:
/// - `notSent` is said only while libcurl had not announced (`CURLOPT_PREREQFUNCTION`) that it is about to write the
///   request: no address, no connection, no TLS handshake. From that moment on every failure is `mayHaveArrived`.
/// - A request is put on the wire once. libcurl repeats one by itself in two cases: a reused connection that turns
///   out dead, and a refused HTTP/2 stream. A write therefore gets a connection of its own, and HTTP/1.1 is spoken.
/// - `authorization` becomes the `Authorization` header as it stands (scheme included) and appears in no error text.
/// - No redirect is followed, no protocol but http and https is spoken, no environment variable is consulted.
/// - `deadline` counts from `start`, waiting for a free place included, and is looked at once more in the last moment
///   before the request is written.
package final class HTTPClient: HTTPCalls {
    private let settings: HTTPClientSettings
    private let multi: UnsafeMutableRawPointer?
    private var waiting: [Transfer] = []
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]
    private var ended: [(call: CallID, result: HTTPResult)] = []

    package init(_ settings: HTTPClientSettings = HTTPClientSettings()) {
        precondition(settings.callsInFlight > 0, "callsInFlight must be at least 1")
        self.settings = settings
        // Counted and thread-safe since libcurl 7.84; deinit gives it back.
        curl_global_init(Int(CURL_GLOBAL_ALL))
        multi = curl_multi_init()
        let connections = settings.callsInFlight
        docket_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
        docket_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
    }

    deinit {
        for transfer in running.values { curl_multi_remove_handle(multi, transfer.easy) }
        // The easy handles must go before the multi handle that they were used with.
        running = [:]
        waiting = []
        curl_multi_cleanup(multi)
        curl_global_cleanup()
    }

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
    package var unfinished: Int { waiting.count + running.count + ended.count }

    /// As the port says; returns at once where nothing is in flight.
    package func finished(waiting limit: Duration) -> [(call: CallID, result: HTTPResult)] {
        let until = ContinuousClock.now + limit
        while true {
            perform()
            let now = ContinuousClock.now
            if !ended.isEmpty || running.isEmpty || now >= until {
                defer { ended = [] }
                return ended
            }
            let pause = min(until, waiting.map(\.expires).min() ?? until) - now
            // Rounded up, else the last millisecond is spent turning.
            let milliseconds = min(max(pause.wholeMilliseconds + 1, 0), Int64(Int32.max))
            curl_multi_poll(multi, nil, 0, Int32(milliseconds), nil)
        }
    }

    private func perform() {
        admit()
        var count: Int32 = 0
        curl_multi_perform(multi, &count)
        collect()
        admit()
    }

    /// Moves calls from the queue to the wire, oldest first, and ends those whose deadline passed in the queue.
    private func admit() {
        let now = ContinuousClock.now
        if waiting.contains(where: { $0.expires <= now }) {
            for transfer in waiting where transfer.expires <= now { ended.append((transfer.call, transfer.expired())) }
            waiting.removeAll { $0.expires <= now }
        }
        let free = settings.callsInFlight - running.count
        guard free > 0, !waiting.isEmpty else { return }
        for transfer in waiting.prefix(free) {
            transfer.limit(to: transfer.expires - now)
            let added = curl_multi_add_handle(multi, transfer.easy)
            if added == CURLM_OK {
                running[transfer.easy] = transfer
            } else {
                let why = String(cString: curl_multi_strerror(added))
                ended.append((transfer.call, transfer.failed("http.start", why)))
            }
        }
        waiting.removeFirst(min(free, waiting.count))
    }

    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = message.easy_handle,
                let transfer = running.removeValue(forKey: easy)
            else { continue }
            let code = message.data.result
            // Before the handle is removed: its answer is still attached to the connection.
            let result = transfer.result(of: code)
            curl_multi_remove_handle(multi, easy)
            ended.append((transfer.call, result))
        }
    }
}
