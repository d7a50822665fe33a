import CRDKafka
import Foundation
import Ports

/// A token as OAUTHBEARER sends it, with what is known of it. One that is no JWT is only passed on.
struct BearerToken {
    let text: String
    let principal: String
    /// Milliseconds since 1970 at which the library gives it up; it asks for the next one well before.
    let validUntil: Int64

    /// Tokens are asked for this often at least, so that a file that was replaced is noticed while the last token lives.
    private static let lifeAtMost: Int64 = 300_000

    /// Nil where it has ended: a broker would only say that it is wrong.
    init?(_ text: String, now: Int64) {
        let claims = Claims(in: text)
        let end = claims?.exp.map { $0 < 1e15 ? Int64(max($0, 0) * 1_000) : .max } ?? .max
        guard end > now else { return nil }
        self.text = text
        principal = claims?.sub ?? "unknown"
        validUntil = min(end, now + Self.lifeAtMost)
    }

    private struct Claims: Decodable {
        let sub: String?
        let exp: Double?

        init?(in token: String) {
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            // As in URLs, and without padding.
            var payload = String(parts[1].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
            payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
            guard let data = Data(base64Encoded: payload),
                let claims = try? JSONDecoder().decode(Claims.self, from: data)
            else { return nil }
            self = claims
        }
    }
}

/// The library wants a token. Its own thread asks; where there is none it asks again ten seconds later.
func giveToken(client: OpaquePointer?, configuration: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?) {
    guard let client, let opaque else { return }
    let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    switch context.token?() ?? .failure(.init("there is no token")) {
    case .success(let secret):
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        guard let token = BearerToken(secret.reveal(), now: now) else { return refuse("the token has expired") }
        // Never shown: the library's own words for what it refuses may hold a part of the token.
        let code = rd_kafka_oauthbearer_set_token(client, token.text, token.validUntil, token.principal, nil, 0, nil, 0)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { refuse("the token is not one that OAUTHBEARER can send") }
    case .failure(let missing): refuse(missing.reason)
    }

    func refuse(_ reason: String) {
        context.complain(reason, as: "kafka.token_missing")
        rd_kafka_oauthbearer_set_token_failure(client, reason)
    }
}
