package import Ports

/// Writing JSON: members in the order they are appended, every text escaped, and values that came as JSON spliced in
/// byte for byte.
///
///     JSONText.object { $0.append("id", text: id); $0.append("threat", raw: threat) }
package enum JSONText {
    package static func object<E: Error>(_ fill: (inout JSONObjectText) throws(E) -> Void) throws(E) -> Bytes {
        var bytes: [UInt8] = []
        try JSONObjectText.write(to: &bytes, fill)
        return Bytes(keeping: bytes)
    }

    package static func array<E: Error>(_ fill: (inout JSONArrayText) throws(E) -> Void) throws(E) -> Bytes {
        var bytes: [UInt8] = []
        try JSONArrayText.write(to: &bytes, fill)
        return Bytes(keeping: bytes)
    }
}

/// An object being written. Whoever writes it sees to it that names differ.
package struct JSONObjectText {
    private var bytes: [UInt8] = []
    private var isFirst = true

    /// Writes an object behind these bytes. They are swapped in and out, so that nested writers fill one buffer: handed
    /// over in any other way it has two owners for a moment, and is copied.
    static func write<E: Error>(
        to bytes: inout [UInt8], _ fill: (inout JSONObjectText) throws(E) -> Void
    ) throws(E) {
        var object = JSONObjectText()
        swap(&object.bytes, &bytes)
        defer { swap(&object.bytes, &bytes) }
        object.bytes.append(UInt8(ascii: "{"))
        try fill(&object)
        object.bytes.append(UInt8(ascii: "}"))
    }

    private mutating func name(_ name: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(quoting: name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// nil is written as null.
    package mutating func append(_ name: String, text: String?) {
        self.name(name)
        bytes.append(quoting: text)
    }

    package mutating func append(_ name: String, integer: Int?) {
        self.name(name)
        bytes += (integer.map { String($0) } ?? "null").utf8
    }

    package mutating func append(_ name: String, bool: Bool) {
        self.name(name)
        bytes += (bool ? "true" : "false").utf8
    }

    package mutating func append(_ name: String, time: Timestamp?) { append(name, text: time?.description) }

    /// A value of a validated document as it came; null where it is missing.
    package mutating func append(_ name: String, raw value: JSONView) {
        self.name(name)
        bytes.append(raw: value)
    }

    /// Bytes that are one JSON value; the caller vouches for that.
    package mutating func append(_ name: String, raw value: Bytes) {
        self.name(name)
        value.withUnsafeBytes { bytes += $0 }
    }

    package mutating func append<E: Error>(
        _ name: String, object fill: (inout JSONObjectText) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try JSONObjectText.write(to: &bytes, fill)
    }

    package mutating func append<E: Error>(
        _ name: String, array fill: (inout JSONArrayText) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try JSONArrayText.write(to: &bytes, fill)
    }
}

/// An array being written.
package struct JSONArrayText {
    private var bytes: [UInt8] = []
    private var isFirst = true

    /// Writes an array behind these bytes, as `JSONObjectText` does.
    static func write<E: Error>(
        to bytes: inout [UInt8], _ fill: (inout JSONArrayText) throws(E) -> Void
    ) throws(E) {
        var array = JSONArrayText()
        swap(&array.bytes, &bytes)
        defer { swap(&array.bytes, &bytes) }
        array.bytes.append(UInt8(ascii: "["))
        try fill(&array)
        array.bytes.append(UInt8(ascii: "]"))
    }

    private mutating func comma() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    package mutating func append(text: String?) {
        comma()
        bytes.append(quoting: text)
    }

    package mutating func append(integer: Int) {
        comma()
        bytes += String(integer).utf8
    }

    /// A value of a validated document as it came; null where it is missing.
    package mutating func append(raw value: JSONView) {
        comma()
        bytes.append(raw: value)
    }

    /// Bytes that are one JSON value; the caller vouches for that.
    package mutating func append(raw value: Bytes) {
        comma()
        value.withUnsafeBytes { bytes += $0 }
    }

    package mutating func append<E: Error>(object fill: (inout JSONObjectText) throws(E) -> Void) throws(E) {
        comma()
        try JSONObjectText.write(to: &bytes, fill)
    }

    package mutating func append<E: Error>(array fill: (inout JSONArrayText) throws(E) -> Void) throws(E) {
        comma()
        try JSONArrayText.write(to: &bytes, fill)
    }
}

extension [UInt8] {
    fileprivate mutating func append(raw value: JSONView) {
        if let range = value.range {
            value.document.bytes.withUnsafeBytes { self += $0[range] }
        } else {
            self += "null".utf8
        }
    }

    fileprivate mutating func append(quoting text: String?) {
        guard let text else {
            self += "null".utf8
            return
        }
        append(UInt8(ascii: "\""))
        defer { append(UInt8(ascii: "\"")) }
        // Nearly every text, and then it is copied as a whole.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            self += text.utf8
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0x0a: self += "\\n".utf8
            case 0x0d: self += "\\r".utf8
            case 0x09: self += "\\t".utf8
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                self += "\\u00".utf8
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 15)])
            default: append(byte)
            }
        }
    }
}
