import Foundation

/// SIGTERM and SIGINT, waited for instead of handled: made before any other thread, which then inherits the blocking.
struct StopSignals {
    private var signals = sigset_t()

    init() {
        // A shell starts background programs with SIGINT ignored, and what is ignored cannot be waited for.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Returns when one of them has come.
    func wait() {
        var signals = signals
        var which: Int32 = 0
        sigwait(&signals, &which)
    }
}
