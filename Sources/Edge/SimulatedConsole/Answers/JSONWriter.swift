import Ports

/// Writes one JSON document member by member: what lists are made of. A tree of values (`JSON`) says the same where
/// nobody waits for it.
struct JSONWriter {
    private(set) var output: [UInt8] = []
    private var isFirst = true
    /// `2026-11-20T` by number of the day.
    private var days: [Int64: [UInt8]] = [:]

    init(reserving count: Int = 1 << 12) { output.reserveCapacity(count) }

    var bytes: Bytes { Bytes(output) }

    /// Of what was written from there on, a comma in front of it apart. Eight bytes at a time: a page holds millions.
    func digest(from start: Int) -> UInt64 {
        output.withUnsafeBytes { bytes in
            var index = start < bytes.count && bytes[start] == UInt8(ascii: ",") ? start + 1 : start
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            while index + 8 <= bytes.count {
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
                hash ^= hash >> 29
                index += 8
            }
            for byte in bytes[index...] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            return hash
        }
    }

    mutating func object(_ fill: (inout JSONWriter) -> Void) {
        separate()
        enclose("{", "}", fill)
    }

    mutating func object(_ name: StaticString, _ fill: (inout JSONWriter) -> Void) {
        write(name)
        enclose("{", "}", fill)
    }

    /// Of a name that is not known while this is written: nothing in it needs an escape.
    mutating func object(named name: String, _ fill: (inout JSONWriter) -> Void) {
        separate()
        quote(name)
        output.append(UInt8(ascii: ":"))
        enclose("{", "}", fill)
    }

    /// Elements are written with the functions that take no name.
    mutating func list(_ name: StaticString, _ fill: (inout JSONWriter) -> Void) {
        write(name)
        enclose("[", "]", fill)
    }

    mutating func list<Element>(
        _ name: StaticString, of elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        list(name) { out in for element in elements { write(&out, element) } }
    }

    mutating func text(_ name: StaticString, _ value: String?) {
        write(name)
        if let value { quote(value) } else { append("null") }
    }

    mutating func texts(_ name: StaticString, _ values: [String]) {
        list(name, of: values) { $0.text($1) }
    }

    /// Null where there are none to tell of.
    mutating func texts(_ name: StaticString, _ values: [String]?) {
        if let values { texts(name, values) } else { null(name) }
    }

    mutating func text(_ value: String) {
        separate()
        quote(value)
    }

    mutating func id(_ name: StaticString, _ value: Int64?) {
        write(name)
        guard let value else { return append("null") }
        output.append(UInt8(ascii: "\""))
        digits(value)
        output.append(UInt8(ascii: "\""))
    }

    mutating func number(_ name: StaticString, _ value: some BinaryInteger) {
        write(name)
        digits(Int64(value))
    }

    mutating func number(_ value: some BinaryInteger) {
        separate()
        digits(Int64(value))
    }

    mutating func flag(_ name: StaticString, _ value: Bool) {
        write(name)
        append(value ? "true" : "false")
    }

    /// With six digits below the second, as consoles write it.
    mutating func time(_ name: StaticString, _ value: Timestamp?) {
        write(name)
        guard let value else { return append("null") }
        output.append(UInt8(ascii: "\""))
        write(value)
        output.append(UInt8(ascii: "\""))
    }

    mutating func null(_ names: StaticString...) {
        for name in names {
            write(name)
            append("null")
        }
    }

    /// A value that is already written.
    mutating func raw(_ name: StaticString, _ value: [UInt8]) {
        write(name)
        output.append(contentsOf: value)
    }

    mutating func raw(_ value: some Sequence<UInt8>) {
        separate()
        output.append(contentsOf: value)
    }
}

extension JSONWriter {
    private mutating func enclose(_ open: StaticString, _ close: StaticString, _ fill: (inout JSONWriter) -> Void) {
        append(open)
        isFirst = true
        fill(&self)
        append(close)
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    /// Names are ours and need no escapes.
    private mutating func write(_ name: StaticString) {
        separate()
        output.append(UInt8(ascii: "\""))
        append(name)
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    /// A page tells ten thousands of times, most of them of few days: what a day is called is found out once.
    private mutating func write(_ time: Timestamp) {
        let (day, moment) = time.microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        guard moment >= 0, Timestamp.writable.contains(time) else {
            return output.append(contentsOf: time.description.utf8)
        }
        if let name = days[day] {
            output.append(contentsOf: name)
        } else {
            let name = Array(time.description.utf8.prefix(11))
            days[day] = name
            output.append(contentsOf: name)
        }
        let (seconds, fraction) = moment.quotientAndRemainder(dividingBy: 1_000_000)
        digits(seconds / 3_600, width: 2)
        output.append(UInt8(ascii: ":"))
        digits(seconds / 60 % 60, width: 2)
        output.append(UInt8(ascii: ":"))
        digits(seconds % 60, width: 2)
        output.append(UInt8(ascii: "."))
        digits(fraction, width: 6)
        output.append(UInt8(ascii: "Z"))
    }

    private mutating func digits(_ value: Int64) {
        guard value >= 0 else { return output.append(contentsOf: String(value).utf8) }
        digits(value, width: 1)
    }

    /// Of no negative number, with noughts in front up to the width.
    private mutating func digits(_ value: Int64, width: Int) {
        let first = output.count
        var rest = UInt64(value)
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || output.count - first < width
        var (low, high) = (first, output.count - 1)
        while low < high {
            output.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    private mutating func quote(_ text: String) { JSON.write(text, into: &output) }
}
