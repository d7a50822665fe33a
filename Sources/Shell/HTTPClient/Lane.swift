import CCurl
import Ports

/// A multi handle and the transfers that are on it. For the client's thread.
///
/// Reads and writes have one each: on one, libcurl takes the HTTP/1.1 of a write for all that the server speaks, and
/// opens a connection for every read that follows (measured with 7.88).
final class Lane {
    private let multi: UnsafeMutableRawPointer?
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    init(connections: Int) {
        // Counted and thread-safe since libcurl 7.84; deinit gives it back.
        curl_global_init(Int(CURL_GLOBAL_ALL))
        multi = curl_multi_init()
        docket_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
        docket_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        docket_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit {
        for transfer in running.values { curl_multi_remove_handle(multi, transfer.easy) }
        // The easy handles must go before the multi handle that they were used with.
        running = [:]
        curl_multi_cleanup(multi)
        curl_global_cleanup()
    }

    var count: Int { running.count }

    /// When a transfer wants to be looked after.
    var nudgeAt: ContinuousClock.Instant? { running.values.compactMap(\.nudgeAt).min() }

    /// Why it cannot start, if it cannot.
    func start(_ transfer: Transfer) -> String? {
        let added = curl_multi_add_handle(multi, transfer.easy)
        guard added == CURLM_OK else { return String(cString: curl_multi_strerror(added)) }
        running[transfer.easy] = transfer
        return nil
    }

    /// Does what can be done without waiting, and returns what ended by it.
    func perform() -> [(call: CallID, result: HTTPResult)] {
        guard !running.isEmpty else { return [] }
        var count: Int32 = 0
        curl_multi_perform(multi, &count)
        var ended: [(call: CallID, result: HTTPResult)] = []
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
        return ended
    }

    /// Until there is something to do, or for so long.
    func wait(_ limit: Duration) {
        // Rounded up, else the last millisecond is spent turning.
        let milliseconds = min(max(limit.wholeMilliseconds + 1, 0), Int64(Int32.max))
        curl_multi_poll(multi, nil, 0, Int32(milliseconds), nil)
        let now = ContinuousClock.now
        for transfer in running.values { transfer.nudge(at: now) }
    }
}
