import Ports

/// Writes one JSON document member by member: what lists are made of. A tree of values (`JSON`) says the same where
/// nobody waits for it.
struct JSONWriter {
    private(set) var output: [UInt8] = []
    private var isFirst = true

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
        output.append(contentsOf: value.description.utf8)
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

    private mutating func digits(_ value: Int64) { output.append(contentsOf: String(value).utf8) }

    private mutating func quote(_ text: String) { JSON.write(text, into: &output) }
}
