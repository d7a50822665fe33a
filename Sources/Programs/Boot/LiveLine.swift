import Dispatch
import Ports
import Synchronization
import Telemetry

/// One line below all others that tells how the program goes, four times a second; for terminals.
final class LiveLine {
    private final class Drawing: Sendable {
        let isOver = Mutex(false)
    }

    private let timer: any DispatchSourceTimer
    private let telemetry: Telemetry
    private let drawing = Drawing()

    /// `width` is asked each time: a window may change.
    init(_ telemetry: Telemetry, width: @escaping @Sendable () -> Int?, _ line: @escaping @Sendable () -> String) {
        self.telemetry = telemetry
        timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        timer.setEventHandler { [telemetry, drawing] in
            guard let width = width() else { return }
            let text = line().fitting(width)
            drawing.isOver.withLock { if !$0 { telemetry.show(text) } }
        }
        timer.activate()
    }

    /// The line is gone then. A drawing may be under way meanwhile: it is over before or sees that it is too late.
    func stop() {
        timer.cancel()
        drawing.isOver.withLock { isOver in
            isOver = true
            telemetry.show("")
        }
    }
}
