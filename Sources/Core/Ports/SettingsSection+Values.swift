// The readers of one value. All of them take a default; without one the key is needed.
extension SettingsSection {
    /// Text that is not empty and satisfies `fits`, which `expecting` puts in words.
    package mutating func text(
        _ key: String, default standard: String? = nil, atMost limit: Int = 1_024, expecting: String = "text",
        where fits: (String) -> Bool = { _ in true }
    ) -> String {
        value(key, expecting: expecting, default: standard, standIn: "") { text in
            !text.isEmpty && text.utf8.count <= limit && fits(text) ? text : nil
        }
    }

    package mutating func integer(
        _ key: String, default standard: Int? = nil, in limits: ClosedRange<Int>
    ) -> Int {
        let expectation = "a whole number from \(limits.lowerBound) to \(limits.upperBound)"
        return value(key, expecting: expectation, default: standard, standIn: limits.lowerBound) { text in
            Int(text).flatMap { limits.contains($0) ? $0 : nil }
        }
    }

    /// A number with its unit: `500ms`, `2s`, `15m`, `4h`, `1d`.
    package mutating func duration(
        _ key: String, default standard: Duration? = nil, in limits: ClosedRange<Duration>
    ) -> Duration {
        let expectation = "a duration from \(limits.lowerBound.asWritten) to \(limits.upperBound.asWritten)"
        return value(key, expecting: expectation, default: standard, standIn: limits.lowerBound) { text in
            Duration(asWritten: text).flatMap { limits.contains($0) ? $0 : nil }
        }
    }

    /// A number of bytes with its unit: `512B`, `64KiB`, `16MiB`, `2GiB`.
    package mutating func size(
        _ key: String, default standard: Int? = nil, in limits: ClosedRange<Int>
    ) -> Int {
        let lowest = Quantity.written(limits.lowerBound, in: Quantity.sizes)
        let highest = Quantity.written(limits.upperBound, in: Quantity.sizes)
        let expectation = "a size from \(lowest) to \(highest)"
        return value(key, expecting: expectation, default: standard, standIn: limits.lowerBound) { text in
            Quantity.read(text, in: Quantity.sizes).flatMap { limits.contains($0) ? $0 : nil }
        }
    }

    package mutating func flag(_ key: String, default standard: Bool? = nil) -> Bool {
        value(key, expecting: "true or false", default: standard, standIn: false) { Bool($0) }
    }

    /// One of an enum's raw values.
    package mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, default standard: Choice? = nil
    ) -> Choice {
        guard let first = Choice.allCases.first else { preconditionFailure("a choice needs something to choose from") }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return value(key, expecting: "one of \(names)", default: standard, standIn: first) { Choice(rawValue: $0) }
    }

    /// A path; a relative one is relative to the folder of the settings file.
    package mutating func path(_ key: String, default standard: String? = nil) -> String {
        let path = value(key, expecting: "a path", default: standard, standIn: "/") { text in
            text.isEmpty || text.utf8.contains(0) || text.utf8.count > 4_096 ? nil : text
        }
        return resolved(path)
    }

    /// Where a secret lies, written `file:PATH`. A secret itself is never written into settings.
    package mutating func secretFile(_ key: String) -> SecretFile {
        let expectation = "file:PATH of a file that holds the secret"
        let path = value(key, expecting: expectation, default: nil, standIn: "/", confidential: true) { text in
            let path = text.dropFirst("file:".count)
            let fits = text.hasPrefix("file:") && !path.isEmpty && !path.utf8.contains(0) && path.utf8.count <= 4_096
            return fits ? String(path) : nil
        }
        return SecretFile(path: resolved(path))
    }

    /// Where calls go: `https://host[:port]`; plain `http` only on this machine, because a token travels with calls.
    package mutating func origin(_ key: String, default standard: HTTPOrigin? = nil) -> HTTPOrigin {
        let expectation = "https://HOST[:PORT] (http only for 127.0.0.1, [::1] and localhost)"
        let standIn = HTTPOrigin(.https, host: "localhost", port: 443)
        return value(key, expecting: expectation, default: standard, standIn: standIn) { HTTPOrigin(asWritten: $0) }
    }

    /// An HTTP proxy, `http://host:port`, anywhere: what goes through it is encrypted. What stands there wrongly is not
    /// shown, for it may hold a password.
    package mutating func proxy(_ key: String) -> HTTPOrigin {
        let expectation = "http://HOST:PORT without a user (credentials lie in a file)"
        let standIn = HTTPOrigin(.http, host: "localhost", port: 3128)
        return value(key, expecting: expectation, default: nil, standIn: standIn, confidential: true) { text in
            HTTPOrigin(asWritten: text, plainAnywhere: true).flatMap { $0.scheme == .http ? $0 : nil }
        }
    }

    private func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}

extension HTTPOrigin {
    /// Reads `https://host[:port]` without path, user or query; `http` for loopback hosts only, if not told otherwise.
    init?(asWritten text: String, plainAnywhere: Bool = false) {
        let scheme: Scheme
        var rest: Substring
        if text.hasPrefix("https://") {
            (scheme, rest) = (.https, text.dropFirst("https://".count))
        } else if text.hasPrefix("http://") {
            (scheme, rest) = (.http, text.dropFirst("http://".count))
        } else {
            return nil
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var port: UInt16 = scheme == .https ? 443 : 80
        var host = rest
        if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
            let digits = rest[rest.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(digits), number > 0 else {
                return nil
            }
            (host, port) = (rest[..<colon], number)
        }
        guard Self.isHost(host) else { return nil }
        let loopback = ["127.0.0.1", "[::1]", "localhost"].contains(host.lowercased())
        guard scheme == .https || loopback || plainAnywhere else { return nil }
        self.init(scheme, host: host.lowercased(), port: port)
    }

    /// A name, an IPv4 address, or an IPv6 address in brackets.
    private static func isHost(_ host: Substring) -> Bool {
        guard (1...253).contains(host.utf8.count) else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return address.contains(":") && address.allSatisfy { $0.isASCII && ($0.isHexDigit || ":.".contains($0)) }
        }
        return !host.hasPrefix(".") && !host.hasPrefix("-")
            && host.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == 45 || byte == 46
            }
    }
}

/// Numbers with a unit behind them, as settings and commands write them.
enum Quantity {
    typealias Unit = (name: String, factor: Int)

    static let durations: [Unit] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    static let sizes: [Unit] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)]

    static func read(_ text: String, in units: [Unit]) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let number = Int(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
        return overflow ? nil : product
    }

    /// In the largest unit that leaves no fraction.
    static func written(_ number: Int, in units: [Unit]) -> String {
        let whole = units.first { number != 0 && number % $0.factor == 0 }
        guard let unit = whole ?? units.last else { return String(number) }
        return "\(number / unit.factor)\(unit.name)"
    }
}

extension Duration {
    /// Reads `500ms`, `2s`, `15m`, `4h`, `1d`; nil for anything else.
    package init?(asWritten text: String) {
        guard let milliseconds = Quantity.read(text, in: Quantity.durations) else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// As `init(asWritten:)` reads it, in the largest unit that leaves no fraction.
    package var asWritten: String { Quantity.written(Int(wholeMilliseconds), in: Quantity.durations) }
}
