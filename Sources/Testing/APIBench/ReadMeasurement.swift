import Foundation
import JSONView
import Ports
import SentinelOne
import SimulatedConsole

/// How fast the client reads what a console answers, beside Foundation's readers of the same bytes.
struct ReadMeasurement {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    /// A page of a thousand threats, read by the client and, as the baseline, by JSONSerialization.
    func pages() throws {
        let body = Self.page(of: 1_000)
        let answer = HTTPResult.success(HTTPAnswer(status: 200, body: body))
        let console = Console(
            id: "bench", origin: HTTPOrigin(.https, host: "bench.example", port: 443), token: Secret("none"))
        let ours = try best(of: 20) {
            let page = try Page(answer, of: .threats, from: console)
            precondition(page.items.count == 1_000 && page.unreadable.isEmpty, "the page was not read")
        }
        let data = Data(body.array)
        let bare = try best(of: 3) { _ = try JSONSerialization.jsonObject(with: data) }
        let megabytes = Double(body.count) / 1_000_000
        print(body.count, Int(megabytes / ours), Int(megabytes / bare))
    }

    /// Ten fields of one threat, validation included, and the same into a struct by JSONDecoder.
    func fields(of file: String) throws {
        let document = try JSONView(parsing: Bytes(Array(Data(contentsOf: URL(filePath: file)))))
        let rows = try document["data"].elements.map { try $0.raw }
        guard let threat = rows.min(by: { abs($0.count - 2_300) < abs($1.count - 2_300) }) else {
            preconditionFailure("\(file) holds no threat")
        }
        let data = Data(threat.array)
        let decoder = JSONDecoder()
        let (viewed, decoded) = (try Ten(JSONView(parsing: threat)), try decoder.decode(Ten.self, from: data))
        precondition(viewed == decoded, "the two readers do not agree")
        let rounds = 2_000
        let ours = try best(of: 20) { for _ in 0..<rounds { _ = try Ten(JSONView(parsing: threat)) } }
        let bare = try best(of: 5) { for _ in 0..<rounds { _ = try decoder.decode(Ten.self, from: data) } }
        print(
            threat.count, String(format: "%.2f %.2f", ours / Double(rounds) * 1e6, bare / Double(rounds) * 1e6))
    }

    private static func page(of count: Int) -> Bytes {
        var settings = SimulatedConsoleSettings(start: start)
        settings.history = count
        settings.agents = 200
        var simulated = SimulatedConsole(settings)
        let request = ServedRequest(
            method: "GET", path: "/web/api/v2.1/threats", query: [(name: "limit", value: String(count))],
            headers: [(name: "Authorization", value: "ApiToken \(simulated.viewerToken.reveal())")])
        guard case .answer(let answer) = simulated.answer(request, at: start).outcome, answer.status == 200 else {
            preconditionFailure("the simulated console gave no page")
        }
        return answer.body
    }

    /// Seconds of processor time of the quickest.
    private func best(of rounds: Int, _ work: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<rounds {
            let began = processorTime(of: CLOCK_THREAD_CPUTIME_ID)
            try work()
            best = min(best, processorTime(of: CLOCK_THREAD_CPUTIME_ID) - began)
        }
        return best
    }
}

/// What a first look at a threat reads.
private struct Ten: Equatable {
    let id: String
    let info: Info
    let endpoint: Endpoint

    struct Info: Equatable, Decodable {
        let threatName: String
        let classification: String
        let confidenceLevel: String
        let analystVerdict: String
        let incidentStatus: String
        let updatedAt: String
        let sha1: String
    }

    struct Endpoint: Equatable, Decodable {
        let agentId: String
        let agentComputerName: String
    }
}

extension Ten: Decodable {
    enum CodingKeys: String, CodingKey {
        case id
        case info = "threatInfo"
        case endpoint = "agentRealtimeInfo"
    }

    init(_ view: JSONView) throws(JSONProblem) {
        id = try view["id"].text
        let (info, endpoint) = (view["threatInfo"], view["agentRealtimeInfo"])
        self.info = Info(
            threatName: try info["threatName"].text, classification: try info["classification"].text,
            confidenceLevel: try info["confidenceLevel"].text, analystVerdict: try info["analystVerdict"].text,
            incidentStatus: try info["incidentStatus"].text, updatedAt: try info["updatedAt"].text,
            sha1: try info["sha1"].text)
        self.endpoint = Endpoint(
            agentId: try endpoint["agentId"].text, agentComputerName: try endpoint["agentComputerName"].text)
    }
}
