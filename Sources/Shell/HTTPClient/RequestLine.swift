import Ports

/// A request's URL, made only from parts that cannot change its meaning: no other host, no second header, no fragment.
struct RequestLine {
    let url: String

    init(_ request: HTTPRequest) throws(HTTPFailure) {
        let host = request.origin.host
        try Self.check(host, "host", Self.isHost(host))
        let path = request.path
        try Self.check(path, "path", path.hasPrefix("/") && path.utf8.allSatisfy { Self.pathBytes.contains($0) })
        for (name, value) in request.headers {
            try Self.check(name, "header name", !name.isEmpty && name.utf8.allSatisfy { Self.tokenBytes.contains($0) })
            // Its value is not repeated: it may be a secret.
            try Self.check(name, "value of header", Self.isOneLine(value))
            try Self.check(name, "header (use authorization)", name.lowercased() != "authorization")
        }
        try Self.check("•••", "authorization", Self.isOneLine(request.authorization?.reveal() ?? ""))
        try Self.check("GET", "body of a", request.method != .get || (request.body ?? .empty).isEmpty)
        var url = "\(request.origin.scheme.rawValue)://\(Self.authority(host, request.origin.port))\(path)"
        for (index, pair) in request.query.enumerated() {
            url += (index == 0 ? "?" : "&") + Self.encoded(pair.name) + "=" + Self.encoded(pair.value)
        }
        self.url = url
    }

    private static func check(_ text: String, _ part: String, _ holds: Bool) throws(HTTPFailure) {
        if holds { return }
        throw HTTPFailure(
            .notSent, code: "http.bad_request", detail: "the \(part) \(text.debugDescription) cannot be sent")
    }

    /// A name or an address; one of IPv6 with its brackets or without.
    static func isHost(_ host: String) -> Bool {
        let name = bare(host)
        return !name.isEmpty && name.utf8.allSatisfy { hostBytes.contains($0) }
    }

    static func authority(_ host: String, _ port: UInt16) -> String {
        let name = bare(host)
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    private static func bare(_ host: String) -> Substring {
        host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":") ? host.dropFirst().dropLast() : host[...]
    }

    static func isOneLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 } }

    /// Everything but RFC 3986's unreserved characters, byte by byte.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + String(byte >> 4, radix: 16, uppercase: true)
                encoded += String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    private static let unreserved = Set((letters + "-._~").utf8)
    private static let hostBytes = Set((letters + "-._:").utf8)
    private static let pathBytes = Set((letters + "-._~%!$&'()*+,;=:@/").utf8)
    private static let tokenBytes = Set((letters + "!#$%&'*+-.^_`|~").utf8)
}
