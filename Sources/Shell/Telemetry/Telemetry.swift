// Signals made visible: each becomes one line on stderr, and one more in the count of its event.
//
// On a terminal a line is meant for eyes, everywhere else it is one JSON object. A line is written with a single
// `write` of at most 4,096 bytes, which a pipe takes whole or not at all, so lines of several processes do not mix.

import Glibc
package import Ports
import Synchronization

/// The writer and counter of a program's signals; one per process, made by Boot.
package final class Telemetry: Sendable {
    package enum Style: Sendable, Equatable { case json, readable, coloured }

    /// How often an event was told, for metrics. Counts include what the level kept from being written.
    package struct Count: Sendable, Equatable {
        package let event: String
        package let level: Signal.Level
        package let count: UInt64
    }

    private struct Kind: Hashable {
        let event: Signal.Event
        let level: Signal.Level
    }

    private let threshold: Signal.Level
    private let style: Style
    private let now: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void
    private struct Desk {
        var counts: [Kind: UInt64] = [:]
        /// What stands below all lines, on a terminal.
        var footer = ""
    }

    // Also what keeps the lines of two loops from mixing.
    private let desk = Mutex(Desk())

    package init(
        level: Signal.Level, style: Style, now: @escaping @Sendable () -> Timestamp = Telemetry.wallClock,
        write: @escaping @Sendable (String) -> Void = Telemetry.standardError
    ) {
        threshold = level
        self.style = style
        self.now = now
        self.write = write
    }

    /// Where this program's signals go.
    package var signals: Signals { Signals { [self] in tell($0) } }

    /// By event and level, in that order.
    package var told: [Count] {
        desk.withLock { desk in
            desk.counts.map { Count(event: $0.key.event.name, level: $0.key.level, count: $0.value) }
        }.sorted { ($0.event, $0.level) < ($1.event, $1.level) }
    }

    private func tell(_ signal: Signal) {
        let line = signal.level < threshold ? nil : LogLine(signal, at: now()).text(style)
        desk.withLock { desk in
            desk.counts[Kind(event: signal.event, level: signal.level), default: 0] += 1
            if let line { write(desk.footer.isEmpty ? line : Self.erased + line + desk.footer) }
        }
    }

    /// Keeps this text below whatever is told, in place of what stood there; nothing where it is empty. Only for a
    /// terminal that moves its cursor, and no wider than that.
    package func show(_ footer: String) {
        desk.withLock { desk in
            guard footer != desk.footer else { return }
            desk.footer = footer
            write(Self.erased + footer)
        }
    }

    /// To the line's start, and all of it gone.
    private static let erased = "\r\u{1b}[K"

    /// Readable where stderr is a terminal, with colours unless NO_COLOR (no-color.org) or a dumb terminal forbids.
    package static func style(environment: [String: String]) -> Style {
        guard isatty(STDERR_FILENO) == 1 else { return .json }
        let plain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return plain ? .readable : .coloured
    }

    /// How wide the terminal on stderr is, where one line of it can be written again and again; else nil.
    package static func liveWidth(environment: [String: String]) -> Int? {
        guard isatty(STDERR_FILENO) == 1, let terminal = environment["TERM"], !terminal.isEmpty, terminal != "dumb"
        else { return nil }
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    package static let wallClock: @Sendable () -> Timestamp = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// A line that cannot be written is lost: a log must not stop the work, and there is nowhere left to say so.
    package static let standardError: @Sendable (String) -> Void = { line in
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
