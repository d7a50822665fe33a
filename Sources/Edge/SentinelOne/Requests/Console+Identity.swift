import JSONView
package import Ports

// Who the token is, and how the console is.
extension Console {
    /// Who the token belongs to.
    package func user() -> HTTPRequest { get("/user") }

    /// When the token was made and when it ends; every token may ask that of itself. The token is in the body, and
    /// a request does not show its body.
    package func tokenDetails() -> HTTPRequest {
        let body = JSONText.object {
            $0.append("data") { (data: inout JSONObjectText) in data.append("apiToken", text: token.reveal()) }
        }
        return ask("/users/api-token-details", body)
    }

    /// Whether the token is alive: every one that is passes.
    package func viewerCheck() -> HTTPRequest { get("/users/viewer-auth-check") }

    /// Whether the token is a global administrator's.
    package func tenantAdminCheck() -> HTTPRequest { get("/users/tenant-admin-auth-check") }

    /// What a role permits.
    package func role(_ id: RoleID) -> HTTPRequest { get("/rbac/role/\(id.digits)") }

    package func systemInfo() -> HTTPRequest { get("/system/info") }

    /// Whether the console is there at all. It asks for no token, so it gets none.
    package func systemStatus() -> HTTPRequest {
        var request = get("/system/status")
        request.authorization = nil
        return request
    }
}

extension HTTPRequest {
    /// The token that it is sent with, where it is a console's.
    package var carriedToken: Secret? {
        guard let words = authorization?.reveal(), words.hasPrefix(Console.tokenScheme) else { return nil }
        return Secret(String(words.dropFirst(Console.tokenScheme.count)))
    }
}
