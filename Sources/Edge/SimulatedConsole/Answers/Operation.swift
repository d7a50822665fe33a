import Ports

/// One operation of the API: how it is called, what it asks of the caller, and what it answers. Each room lists its own;
/// what no room lists is answered as unknown.
struct Operation: Sendable {
    enum Need: Sendable {
        /// Not even a token.
        case nothing
        /// Any token that lives.
        case token
        /// Named as the API's documentation names it: `Threats.view`.
        case permission(String)
    }

    let method: String
    /// As the API's documentation writes it, without `/web/api/v2.1`: `/threats/{threat_id}/notes`.
    let path: String
    let need: Need
    let serve: @Sendable (inout SimulatedConsole, Call) throws(Refusal) -> Bytes

    init(
        _ method: String, _ path: String, _ need: Need,
        _ serve: @escaping @Sendable (inout SimulatedConsole, Call) throws(Refusal) -> Bytes
    ) {
        self.method = method
        self.path = path
        self.need = need
        self.serve = serve
    }

    /// What faults and counts call it by: the path without what stands at its end for one object.
    var name: String {
        let parts = path.split(separator: "/")
        return (parts.last?.hasPrefix("{") == true ? parts.dropLast() : parts[...]).joined(separator: "/")
    }

    /// Whether it changes anything: what is kept in the truth, refused or not.
    var isWrite: Bool {
        method != "GET" && !["/users/api-token-details", "/dv/", "/sdl/"].contains { path.hasPrefix($0) }
    }

    static let all = streams + context + identity + actions + unserved

    static let names = Set(all.map(\.name)).sorted()
}

extension SimulatedConsole {
    /// What it serves, for whoever tells others.
    package static let operations = Operation.all.map { operation in
        (method: operation.method, path: operation.path, permission: operation.permission)
    }
}

extension Operation {
    /// Nil where none is needed.
    var permission: String? { if case .permission(let permission) = need { permission } else { nil } }
}

/// A request on its way through an operation.
struct Call {
    let request: ServedRequest
    let operation: Operation
    /// What stood in the place of `{…}` in the path.
    let parts: [String]
    let caller: Person
    let fault: Fault?
    /// Nil while the console tells the truth.
    var lies: Lies?
}

extension Operation {
    static let base = "/web/api/v2.1"

    enum Match {
        case operation(Operation, parts: [String])
        /// Known, but not with this method.
        case otherMethod(Operation)
        case none
    }

    static func match(_ request: ServedRequest) -> Match {
        // The data lake stands beside the API, under a path of its own.
        let isBeside = request.path.hasPrefix("/sdl/")
        guard isBeside || request.path.hasPrefix(base + "/") else { return .none }
        let path = request.path.dropFirst(isBeside ? 0 : base.count).split(
            separator: "/", omittingEmptySubsequences: false)
        var other: Operation?
        for (operation, pattern) in patterns where operation.path.hasPrefix("/sdl/") == isBeside {
            guard let parts = parts(of: path, in: pattern) else { continue }
            if operation.method == request.method { return .operation(operation, parts: parts) }
            other = operation
        }
        return other.map { .otherMethod($0) } ?? .none
    }

    private static let patterns = all.map { ($0, $0.path.split(separator: "/", omittingEmptySubsequences: false)) }

    private static func parts(of path: [Substring], in pattern: [Substring]) -> [String]? {
        guard path.count == pattern.count else { return nil }
        var parts: [String] = []
        for (given, wanted) in zip(path, pattern) {
            if wanted.hasPrefix("{") { parts.append(String(given)) } else if given != wanted { return nil }
        }
        return parts
    }
}
