/// A moment in microseconds since 1970, UTC. Arithmetic saturates: a hostile far-future time must not trap.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        microseconds = overflow ? (milliseconds < 0 ? .min : .max) : product
    }

    package static let zero = Timestamp(microseconds: 0)
    package static let distantFuture = Timestamp(microseconds: .max)

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        left.moved(by: right.wholeMicroseconds)
    }

    package static func - (left: Timestamp, right: Duration) -> Timestamp {
        let by = right.wholeMicroseconds
        return left.moved(by: by == .min ? .max : -by)
    }

    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return .microseconds(overflow ? (left < right ? .min : .max) : difference)
    }

    private func moved(by amount: Int64) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(amount)
        return Timestamp(microseconds: overflow ? (amount < 0 ? .min : .max) : sum)
    }

    package var milliseconds: Int64 { microseconds / 1_000 }
}

extension Duration {
    /// Whole microseconds, saturated.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, over) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return over ? (scaled < 0 ? .min : .max) : sum
    }

    package var wholeMilliseconds: Int64 { wholeMicroseconds / 1_000 }
}

// The civil calendar by Howard Hinnant's day algorithms, so that the core can read and write the API's times itself.
extension Timestamp: CustomStringConvertible {
    /// ISO 8601 with six digits: `2026-11-20T10:15:31.804411Z`, as SentinelOne writes it.
    package var description: String {
        let day = microseconds.flooredQuotient(by: 86_400_000_000)
        // Not `microseconds - day * …`: for the most distant past that product is out of range.
        let remainder = microseconds % 86_400_000_000
        let rest = remainder < 0 ? remainder + 86_400_000_000 : remainder
        let (year, month, dayOfMonth) = Self.civil(day: day)
        let seconds = rest / 1_000_000
        // In one buffer: every record that is written says when, more than once.
        var text = Array(Self.padded(year, 4).utf8)
        text.reserveCapacity(27)
        Self.append("-", month, 2, to: &text)
        Self.append("-", dayOfMonth, 2, to: &text)
        Self.append("T", seconds / 3_600, 2, to: &text)
        Self.append(":", seconds / 60 % 60, 2, to: &text)
        Self.append(":", seconds % 60, 2, to: &text)
        Self.append(".", rest % 1_000_000, 6, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// A mark and so many digits.
    private static func append(_ mark: Unicode.Scalar, _ value: Int64, _ width: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: mark))
        var place = (1..<width).reduce(Int64(1)) { power, _ in power * 10 }
        while place > 0 {
            text.append(UInt8(48 + value / place % 10))
            place /= 10
        }
    }

    /// The times that four digits of a year can tell, in UTC: all that ISO 8601 exchanges.
    package static let writable =
        Timestamp(microseconds: -62_167_219_200_000_000)...Timestamp(microseconds: 253_402_300_799_999_999)

    /// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`; nil for anything else, also where the zone moves the year
    /// out of four digits. Digits past the sixth are dropped.
    package init?(iso text: String) {
        let characters = Array(text.utf8)
        guard characters.count >= 20, characters[4] == UInt8(ascii: "-"), characters[7] == UInt8(ascii: "-"),
            characters[10] == UInt8(ascii: "T") || characters[10] == UInt8(ascii: " "),
            characters[13] == UInt8(ascii: ":"), characters[16] == UInt8(ascii: ":"),
            let year = Self.number(characters[0..<4]), let month = Self.number(characters[5..<7]),
            let day = Self.number(characters[8..<10]), let hour = Self.number(characters[11..<13]),
            let minute = Self.number(characters[14..<16]), let second = Self.number(characters[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if characters[index] == UInt8(ascii: ".") {
            let digits = characters[(index + 1)...].prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return nil }
            for place in 0..<6 {
                let digit = place < digits.count ? Int64(digits[digits.startIndex + place] - 48) : 0
                fraction = fraction * 10 + digit
            }
            index = digits.endIndex
        }
        guard let offset = Self.offset(characters[index...]) else { return nil }
        let days = Self.day(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
        guard Self.writable.contains(self) else { return nil }
    }

    /// Seconds east of UTC of `Z` or `±HH:MM`.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        let zone = Array(zone)
        if zone == [UInt8(ascii: "Z")] { return 0 }
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
            let minutes = number(zone[4..<6])
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return zone[0] == UInt8(ascii: "+") ? seconds : zone[0] == UInt8(ascii: "-") ? -seconds : nil
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 48)
        }
        return value
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }

    private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooredQuotient(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
