import Ports

/// An answer other than the wanted one, in the console's own form.
struct Refusal: Error {
    let status: Int
    let code: Int64
    let title: String
    let detail: String?

    var body: JSON {
        [
            "errors": [
                ["code": .number(code), "title": .text(title), "detail": detail.map { .text($0) } ?? .null]
            ]
        ]
    }

    static let authenticationFailed = Refusal(
        status: 401, code: 4_010_010, title: "Authentication Failed", detail: nil)
    static let insufficientPermissions = Refusal(
        status: 403, code: 4_030_010, title: "Insufficient permissions",
        detail: "User does not have required permissions")

    static func outOfScope(_ level: String) -> Refusal {
        Refusal(
            status: 403, code: 4_030_010, title: "Insufficient permissions",
            detail: "User scope level is \(level), which does not reach this")
    }

    static let notLicensed = Refusal(
        status: 403, code: 4_030_010, title: "Insufficient permissions",
        detail: "Feature is not available for the scope")
    static let severalScopes = Refusal(
        status: 403, code: 4_030_010, title: "Insufficient permissions",
        detail: "Users with several scopes cannot use this")

    static let tooMany = Refusal(
        status: 429, code: 4_290_010, title: "Too Many Requests", detail: "Rate limit exceeded")

    static func wrongMethod(_ method: String) -> Refusal {
        Refusal(status: 405, code: 4_050_010, title: "Method not allowed", detail: method)
    }

    static func invalid(_ detail: String) -> Refusal {
        Refusal(status: 400, code: 4_000_040, title: "Validation Error", detail: detail)
    }

    static func unknownID(_ what: String) -> Refusal {
        Refusal(status: 404, code: 4_040_010, title: "Not found", detail: what)
    }

    /// Said by this simulator and never by a console: what it does not imitate it names instead of ignoring it.
    static func notSimulated(_ what: String) -> Refusal {
        Refusal(status: 501, code: 5_010_010, title: "Not supported", detail: "the simulator does not know \(what)")
    }

    static func fault(_ status: Int) -> Refusal {
        switch status {
        case 401: .authenticationFailed
        case 403: .insufficientPermissions
        default:
            Refusal(status: status, code: Int64(status) * 10_000 + 10, title: "Fault", detail: "injected on purpose")
        }
    }
}

extension Timestamp {
    /// As HTTP's `Date` header has it: `Fri, 20 Nov 2026 10:15:31 GMT`.
    var httpDate: String {
        let text = Array(description)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let dayNumber = Int((Double(microseconds) / 86_400_000_000).rounded(.down))
        let month = months[(Int(String(text[5...6])) ?? 1) - 1]
        let weekday = days[(dayNumber % 7 + 7) % 7]
        return "\(weekday), \(String(text[8...9])) \(month) \(String(text[0...3])) \(String(text[11...18])) GMT"
    }
}
