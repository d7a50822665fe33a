package import Ports

extension HTTPAnswer {
    /// For people: the status, what the console said, and its request id for a support ticket.
    func summary(_ words: String, from console: Console) -> String {
        let request = header("X-RQID").map { " (request \(console.quoted($0)))" } ?? ""
        return "console \(console.id) answered \(status): \(console.quoted(words))\(request)"
    }

    /// Whether the route is there and the object is not. A console without the route says so in plain text or HTML.
    var saysNoSuchObject: Bool {
        guard status == 404 else { return false }
        switch ConsoleErrors(body).form {
        case .json, .nothing: return true
        case .html, .text: return false
        }
    }

    /// The console's clock when it answered.
    package var date: Timestamp? { header("Date").flatMap { Timestamp(httpDate: $0) } }

    /// How long the console wants to be left alone, as seconds or as a moment; at most an hour, because a longer
    /// wish is more likely a mistake than a limit.
    package var retryAfter: Duration? {
        guard let text = header("Retry-After")?.trimmingSpaces else { return nil }
        let longest = Duration.seconds(3_600)
        if let seconds = Double(text), seconds.isFinite {
            return min(max(.zero, .seconds(min(seconds, 3_600))), longest)
        }
        guard let moment = Timestamp(httpDate: text), let date else { return nil }
        return min(max(.zero, moment - date), longest)
    }
}

extension Timestamp {
    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the form that HTTP prescribes; nil for anything else.
    package init?(httpDate text: String) {
        let words = text.trimmingSpaces.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[0].hasSuffix(","), words[1].count == 2, words[3].count == 4,
            words[4].count == 8, words[5] == "GMT", let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(iso: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
