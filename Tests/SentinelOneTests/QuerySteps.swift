import Ports
import SentinelOne

/// What a step asks for, in words.
func words<Rows>(_ step: QueryStep<Rows>) -> String {
    switch step {
    case .send(let request, let pause):
        "\(request.method.rawValue) \(request.path) \(request.query.map { "\($0.name)=\($0.value)" }) after \(pause)"
    case .rows: "rows"
    case .failed(let problem): "\(problem.kind)"
    }
}

/// A power query, and what a console says of it.
enum PowerQueryScript {
    static let range =
        Timestamp(microseconds: 1_789_371_600_000_000)..<Timestamp(microseconds: 1_789_375_200_000_000)
    static let path = "/sdl/v2/api/queries"
    static let table = #"{"columns":[{"name":"ip","type":"STRING"},"n"],"values":[["10.0.0.1",3],["10.0.0.2"]]}"#

    static func query(_ scope: PowerQuery.Scope = .tenant) -> PowerQuery {
        PowerQuery("i.scheme=\"edr\" | limit 5", in: range, of: scope)
    }

    static func run() -> PowerQueryRun { PowerQueryRun(query(), at: console) }

    static func status(_ completed: Int, of total: Int, data: String = "null") -> HTTPResult {
        let body = #"{"id":"q/1 é","stepsCompleted":\#(completed),"stepsTotal":\#(total),"data":\#(data)}"#
        return answer(200, Bytes(body), [("x-dataset-query-forward-tag", "eu-7")])
    }
}
