import Foundation
import Ports
import SimulatedConsole

/// How fast the simulated console answers in process, and how much memory it takes.
struct ServeMeasurement {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    /// By name: threats of a history of 1,000,000 in several ways, or 200,000 endpoints.
    func run(_ list: String) throws {
        let since = (Self.start - .seconds(3_500_000)).description
        let threats = [(name: "sortBy", value: "updatedAt"), ("updatedAt__gte", since), ("limit", "1000")]
        switch list {
        case "threats": try walk(long, "threats", threats + [("skipCount", "true")], pages: 60)
        case "threats-counted": try walk(long, "threats", threats, pages: 60)
        case "threats-newest":
            try walk(long, "threats", threats + [("sortOrder", "desc"), ("skipCount", "true")], pages: 60)
        case "threats-of-site": try walk(long, "threats", threats, pages: 20, ofOneSite: true)
        case "activities": try walk(long, "activities", [("sortBy", "createdAt"), ("limit", "1000")], pages: 60)
        case "agents": try walk(wide, "agents", [("sortBy", "updatedAt"), ("limit", "1000")], pages: 200)
        case "agents-by-name": try walk(wide, "agents", [("sortBy", "computerName"), ("limit", "1000")], pages: 60)
        default: preconditionFailure("there is no measurement of \(list)")
        }
    }

    private var long: SimulatedConsoleSettings {
        var settings = SimulatedConsoleSettings(start: Self.start)
        settings.history = 1_000_000
        settings.historyInterval = .seconds(7)
        settings.agents = 2_000
        settings.maximumThreats = 500
        settings.threatInterval = .milliseconds(10)
        return settings
    }

    private var wide: SimulatedConsoleSettings {
        var settings = long
        settings.history = 0
        settings.agents = 200_000
        return settings
    }

    /// Page after page, as a client walks, while the console's time passes.
    private func walk(
        _ settings: SimulatedConsoleSettings, _ path: String, _ query: [(name: String, value: String)], pages: Int,
        ofOneSite: Bool = false
    ) throws {
        var console = SimulatedConsole(settings)
        var query = query
        let headers = [(name: "Authorization", value: "ApiToken \(console.viewerToken.reveal())")]
        if ofOneSite { query.append(("siteIds", Self.site(&console, headers))) }
        var (rows, bytes, slowest, now) = (0, 0, Duration.zero, Self.start)
        var cursor: String?
        var last = Bytes.empty
        let limit = Int(query.first { $0.name == "limit" }?.value ?? "") ?? 10
        let began = Self.processorTime
        for _ in 0..<pages {
            now = now + .milliseconds(5)
            let request = ServedRequest(
                method: "GET", path: "/web/api/v2.1/" + path,
                query: query + (cursor.map { [("cursor", $0)] } ?? []), headers: headers)
            let asked = Self.processorTime
            guard case .answer(let answer) = console.answer(request, at: now).outcome, answer.status == 200 else {
                preconditionFailure("\(path): no page")
            }
            slowest = max(slowest, Self.processorTime - asked)
            rows += limit
            bytes += answer.body.count
            last = answer.body
            cursor = Self.cursor(in: answer.body)
            if cursor == nil { break }
        }
        let seconds = Double((Self.processorTime - began).wholeMicroseconds) / 1_000_000
        print(
            Int(Double(rows) / seconds), Int(Double(bytes) / seconds / 1_000_000), bytes / rows,
            slowest.wholeMilliseconds, Self.residentMegabytes(), try Self.foundation(last, rows: limit))
    }

    /// The baseline: rows a second that JSONSerialization writes of the last page, once somebody has made the values.
    private static func foundation(_ page: Bytes, rows: Int) throws -> Int {
        let values = try JSONSerialization.jsonObject(with: Data(page.array))
        let began = processorTime
        _ = try JSONSerialization.data(withJSONObject: values)
        return Int(Double(rows) / (Double((processorTime - began).wholeMicroseconds) / 1_000_000))
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
