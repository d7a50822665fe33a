import Ports

/// A signal at a moment, as text of one line with its newline.
struct LogLine {
    /// PIPE_BUF of Linux: what a pipe takes whole.
    static let byteLimit = 4_096
    /// One field's text in bytes: three of the longest fit into a line, further ones are left out whole.
    static let textLimit = 1_024

    private let signal: Signal
    private let at: Timestamp

    init(_ signal: Signal, at: Timestamp) {
        self.signal = signal
        self.at = at
    }

    func text(_ style: Telemetry.Style) -> String {
        switch style {
        case .json: json
        case .readable: readable(coloured: false)
        case .coloured: readable(coloured: true)
        }
    }

    private var json: String {
        let start = "{\"at\":\"\(at)\",\"level\":\"\(signal.level.rawValue)\",\"event\":\(quoted(signal.event.name))"
        return joined(start, separator: ",", left: ",\"fields_left_out\":", end: "}\n") { field, value in
            switch value {
            case .text(let text): "\(quoted(field.rawValue)):\(quoted(text.printable(atMost: Self.textLimit)))"
            case .integer(let number): "\(quoted(field.rawValue)):\(number)"
            case .flag(let flag): "\(quoted(field.rawValue)):\(flag)"
            case .secret(let secret): "\(quoted(field.rawValue)):\(quoted(secret.description))"
            }
        }
    }

    /// `10:15:31.804 warning turn.aborted            stage=enrich count=3`
    private func readable(coloured: Bool) -> String {
        let time = at.description.dropFirst(11).prefix(12)
        let level = Self.padded(signal.level.rawValue, to: 7)
        let event = Self.padded(signal.event.name, to: 24)
        let start =
            coloured
            ? "\u{1b}[2m\(time)\u{1b}[0m \(signal.level.colour)\(level)\u{1b}[0m \(event)" : "\(time) \(level) \(event)"
        return joined(start, separator: " ", left: " fields_left_out=", end: "\n") { field, value in
            let name = coloured ? "\u{1b}[2m\(field.rawValue)=\u{1b}[0m" : "\(field.rawValue)="
            switch value {
            case .text(let text):
                let shown = text.printable(atMost: Self.textLimit)
                return name + (shown.isEmpty || shown.contains(" ") || shown.contains("\"") ? quoted(shown) : shown)
            case .integer(let number): return name + String(number)
            case .flag(let flag): return name + String(flag)
            case .secret(let secret): return name + secret.description
            }
        }
    }

    /// Field after field while they fit; how many did not is said, so that a cut line is never taken for a whole one.
    private func joined(
        _ start: String, separator: String, left: String, end: String, _ field: (LogField, LogValue) -> String
    ) -> String {
        var line = start
        var room = Self.byteLimit - start.utf8.count - left.utf8.count - end.utf8.count - 20
        var leftOut = 0
        for (name, value) in signal.fields {
            let text = separator + field(name, value)
            if text.utf8.count <= room {
                room -= text.utf8.count
                line += text
            } else {
                leftOut += 1
            }
        }
        if leftOut > 0 { line += left + String(leftOut) }
        return line + end
    }

    /// A JSON string. Control characters were written out before, so only two characters are special.
    private func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension Signal.Level {
    fileprivate var colour: String {
        switch self {
        case .debug: "\u{1b}[2m"
        case .info: "\u{1b}[36m"
        case .warning: "\u{1b}[33m"
        case .error: "\u{1b}[1;31m"
        }
    }
}
