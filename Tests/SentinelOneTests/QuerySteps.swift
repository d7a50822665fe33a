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
