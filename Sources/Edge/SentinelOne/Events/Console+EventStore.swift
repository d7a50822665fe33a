import Ports

extension Console {
    static let forwardTag = "X-Dataset-Query-Forward-Tag"

    /// The event store takes the same token under another name.
    func eventStore(
        _ method: HTTPMethod, _ path: String, _ query: [Parameter] = [], body: Bytes? = nil
    ) -> HTTPRequest {
        let type: [Parameter] = body == nil ? [] : [("Content-Type", "application/json")]
        return HTTPRequest(
            method, origin, path: "/sdl/v2/api/queries" + path, query: query,
            headers: [("Accept", "application/json")] + type, authorization: Secret("Bearer \(token.reveal())"),
            body: body, deadline: Self.readDeadline)
    }
}

extension String {
    /// Foreign text as one segment of a path, byte by byte but for RFC 3986's unreserved characters.
    var asPathSegment: String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~".utf8)
        var segment = ""
        for byte in utf8 {
            if plain.contains(byte) {
                segment.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                segment += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return segment
    }
}
