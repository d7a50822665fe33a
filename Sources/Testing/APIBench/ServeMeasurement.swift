import Foundation
import Ports
import SimulatedConsole

/// How fast the simulated console answers in process, and how much memory it takes.
struct ServeMeasurement {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    func run() throws {
        var settings = SimulatedConsoleSettings(start: Self.start)
        settings.history = 1_000_000
        settings.historyInterval = .seconds(7)
        settings.agents = 2_000
        settings.maximumThreats = 500
        settings.threatInterval = .milliseconds(10)
        let since = (Self.start - .seconds(3_500_000)).description
        let threats = [(name: "sortBy", value: "updatedAt"), ("updatedAt__gte", since), ("limit", "1000")]
        try walk("threats, counted", settings, "threats", threats, pages: 60)
        try walk("threats, not counted", settings, "threats", threats + [("skipCount", "true")], pages: 60)
        try walk(
            "threats, newest first", settings, "threats", threats + [("sortOrder", "desc"), ("skipCount", "true")],
            pages: 60)
        try walk(
            "threats of one site, counted", settings, "threats", threats, pages: 20, ofOneSite: true)
        try walk("activities", settings, "activities", [("sortBy", "createdAt"), ("limit", "1000")], pages: 60)
        settings.history = 0
        settings.agents = 200_000
        try walk(
            "200000 agents by change", settings, "agents", [("sortBy", "updatedAt"), ("limit", "1000")], pages: 200)
        try walk(
            "200000 agents by name", settings, "agents", [("sortBy", "computerName"), ("limit", "1000")], pages: 60)
    }

    /// Page after page, as a client walks, while the console's time passes.
    private func walk(
        _ name: String, _ settings: SimulatedConsoleSettings, _ path: String, _ query: [(name: String, value: String)],
        pages: Int, ofOneSite: Bool = false
    ) throws {
        var console = SimulatedConsole(settings)
        var query = query
        let headers = [(name: "Authorization", value: "ApiToken \(console.viewerToken.reveal())")]
        if ofOneSite { query.append(("siteIds", Self.site(&console, headers))) }
        var (rows, bytes, slowest, now) = (0, 0, Duration.zero, Self.start)
        var cursor: String?
        let limit = Int(query.first { $0.name == "limit" }?.value ?? "") ?? 10
        let began = Self.processorTime
        for _ in 0..<pages {
            now = now + .milliseconds(5)
            let request = ServedRequest(
                method: "GET", path: "/web/api/v2.1/" + path,
                query: query + (cursor.map { [("cursor", $0)] } ?? []), headers: headers)
            let asked = Self.processorTime
            guard case .answer(let answer) = console.answer(request, at: now).outcome, answer.status == 200 else {
                preconditionFailure("\(name): no page")
            }
            slowest = max(slowest, Self.processorTime - asked)
            rows += limit
            bytes += answer.body.count
            cursor = Self.cursor(in: answer.body)
            if cursor == nil { break }
        }
        let seconds = Double((Self.processorTime - began).wholeMicroseconds) / 1_000_000
        print(
            "\(name): \(Int(Double(rows) / seconds)) rows/s, \(Int(Double(bytes) / seconds / 1_000_000)) MB/s,"
                + " \(bytes / rows) bytes a row, slowest page \(slowest.wholeMilliseconds) ms,"
                + " resident \(Self.residentMegabytes()) MB")
    }

    private static func site(_ console: inout SimulatedConsole, _ headers: [(name: String, value: String)]) -> String {
        let request = ServedRequest(
            method: "GET", path: "/web/api/v2.1/groups", query: [("limit", "1")], headers: headers)
        guard case .answer(let answer) = console.answer(request, at: start).outcome else { return "" }
        let text = String(decoding: answer.body.array, as: UTF8.self)
        guard let mark = text.range(of: #""siteId":""#) else { return "" }
        return String(text[mark.upperBound...].prefix { $0 != "\"" })
    }

    /// It stands at the end of a page.
    private static func cursor(in body: Bytes) -> String? {
        let tail = String(decoding: body.array.suffix(400), as: UTF8.self)
        guard let mark = tail.range(of: #""nextCursor":""#) else { return nil }
        return String(tail[mark.upperBound...].prefix { $0 != "\"" })
    }

    /// Of this process: what other processes do meanwhile does not count.
    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func residentMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) / 1_024
    }
}
