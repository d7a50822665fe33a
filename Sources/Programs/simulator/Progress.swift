import Dispatch
import Foundation

/// One line that is written again and again while somebody watches; elsewhere nothing.
final class Progress {
    private let timer: (any DispatchSourceTimer)?

    init(every seconds: Int, _ line: @escaping @Sendable () -> String) {
        guard isatty(STDERR_FILENO) == 1 else {
            timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now(), repeating: .seconds(seconds))
        timer.setEventHandler { FileHandle.standardError.write(Data("\r\u{1b}[K\(line())".utf8)) }
        timer.activate()
        self.timer = timer
    }

    func stop() {
        guard let timer else { return }
        timer.cancel()
        FileHandle.standardError.write(Data("\n".utf8))
    }
}
