import Glibc

/// Standard output, for what goes on until somebody ends it: a reader that went away is an answer, and one that has
/// stopped reading does not keep this process from being stopped.
struct Outlet {
    enum Ending: Error {
        /// Nobody reads any more.
        case closed
        /// This process was asked to stop before all was written.
        case asked
        case failed(String)
    }

    private let stop: StopRequest?

    init(until stop: StopRequest?) {
        self.stop = stop
        signal(SIGPIPE, SIG_IGN)
    }

    /// Hands all of it to the system, or throws; how much of it was written then is not known.
    func write(_ bytes: [UInt8]) throws(Ending) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&descriptor, 1, Self.patience)
            if stop?.isMade == true { throw .asked }
            guard ready > 0 else { continue }
            // What fits into a pipe that has room at all, so that the call does not wait.
            let count = rest.prefix(Int(PIPE_BUF)).withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw .closed
            } else if errno != EINTR && errno != EAGAIN {
                throw .failed(String(cString: strerror(errno)))
            }
        }
    }

    private static let patience: Int32 = 200
}

/// SIGTERM and SIGINT, noticed between two steps instead of handled. Made before any other thread, which then inherits
/// that they are blocked.
final class StopRequest {
    private var awaited = sigset_t()
    private var wasMade = false

    init() {
        // A shell starts background programs with SIGINT ignored, and what is ignored never comes.
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        sigemptyset(&awaited)
        for number in [SIGINT, SIGTERM] { sigaddset(&awaited, number) }
        pthread_sigmask(SIG_BLOCK, &awaited, nil)
    }

    /// Whether one of them has come by now.
    var isMade: Bool {
        var none = timespec()
        if !wasMade, sigtimedwait(&awaited, nil, &none) > 0 { wasMade = true }
        return wasMade
    }
}
