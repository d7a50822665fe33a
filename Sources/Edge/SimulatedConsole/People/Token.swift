import Foundation
package import Ports

/// What a caller shows. Its text says that it is simulated, to whoever finds it.
struct Token: Sendable {
    let secret: Secret
    let createdAt: Timestamp
    var expiresAt: Timestamp
    var isRevoked = false

    func lives(at moment: Timestamp) -> Bool { !isRevoked && moment < expiresAt }
}

extension Token {
    private static let day = Duration.seconds(86_400)

    /// What somebody holds when the simulation begins; nil for who never had any.
    static func first(of person: Person, _ settings: SimulatedConsoleSettings) -> Token? {
        let start = settings.start
        let (created, expires) = (start - day * 30, start + day * 150)
        switch person.key {
        case "analyst": return nil
        case "expiring":
            return make(for: person, settings, from: created, to: start + day * settings.expiringTokenDays)
        case "expired": return make(for: person, settings, from: created - day * 150, to: start - day)
        case "revoked":
            var token = make(for: person, settings, from: created, to: expires)
            token.isRevoked = true
            return token
        default: return make(for: person, settings, from: created, to: expires)
        }
    }

    /// The next of the same person: `generation` counts how often it was rotated.
    static func make(
        for person: Person, _ settings: SimulatedConsoleSettings, generation: Int = 0, from created: Timestamp,
        to expires: Timestamp
    ) -> Token {
        var dice = Dice(settings.seed, Int(person.id & 0xffff) * 1_000 + generation + 8_000_000_000)
        // Consoles hand out both; the older form to those who have always been there.
        let isOpaque = ["viewer", "ir-team", "ir-team-2", "soc", "it", "custom", "revoked"].contains(person.key)
        let text = isOpaque ? opaque(person, &dice) : jwt(person, &dice, from: created, to: expires)
        return Token(secret: Secret(text), createdAt: created, expiresAt: expires)
    }

    /// 80 letters and digits.
    private static func opaque(_ person: Person, _ dice: inout Dice) -> String {
        filled("SIMULATED" + person.key.filter { $0 != "-" }, to: 80, &dice)
    }

    private static func jwt(
        _ person: Person, _ dice: inout Dice, from created: Timestamp, to expires: Timestamp
    ) -> String {
        let header: JSON = ["alg": "ES256", "kid": "SIMULATED", "typ": "JWT"]
        let payload: JSON = [
            "sub": .text(person.subject), "iss": "simulated", "type": "user", "deployment_id": "simulated",
            "iat": .number(created.milliseconds / 1_000), "exp": .number(expires.milliseconds / 1_000),
            "jti": .text(dice.uuid()),
        ]
        return [header, payload].map { base64URL($0.bytes) }.joined(separator: ".") + "."
            + filled("SIMULATED", to: 86, &dice)
    }

    private static func base64URL(_ bytes: Bytes) -> String {
        String(
            Data(bytes.array).base64EncodedString().compactMap { letter -> Character? in
                switch letter {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: letter
                }
            })
    }

    private static func filled(_ text: String, to count: Int, _ dice: inout Dice) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return text + String((text.count..<count).map { _ in dice.pick(letters) })
    }
}

extension Person {
    /// As a token names its holder.
    var subject: String { kind == .serviceUser ? "service_user_\(id)" : email }
    var email: String {
        name.lowercased().replacingOccurrences(of: ". ", with: ".") + "@tidewater.example"
    }
}

extension SimulatedConsole {
    /// The newest token of each who has one, by the name of the file that it belongs into.
    package var tokens: [(name: String, token: Secret)] {
        people.compactMap { person in person.token.map { (person.key, $0.secret) } }
    }

    package func token(of name: String) -> Secret? { people.first { $0.key == name }?.token?.secret }

    /// From now on the old one is nobody's.
    mutating func rotate(_ index: Int) {
        tokenGeneration += 1
        people[index].token = Token.make(
            for: people[index], settings, generation: tokenGeneration, from: now, to: now + .seconds(86_400 * 180))
    }
}
