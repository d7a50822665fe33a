import Crypto
import JSONView
package import Ports

/// A record on one line, for a person or for a script.
package struct RecordLine {
    /// What a person is shown of a value where nothing says how wide a line may be.
    private static let shortValue = 160

    private let record: IncomingRecord

    package init(_ record: IncomingRecord) { self.record = record }

    /// When, what, about whom, under which id, and the beginning of the value.
    package func text(on paper: Paper) -> String {
        let parts = [
            record.timestamp.description, record.headers["ce_type"] ?? "-", record.key.map(Self.short) ?? "(no key)",
            record.headers["ce_id"] ?? "\(record.partition)@\(record.offset)",
            record.value.map(Self.short) ?? "(tombstone)",
        ]
        let cell = Cell(parts.map { $0.printable(atMost: Self.shortValue) }.joined(separator: "  "))
        return (paper.width.map { cell.cut(to: $0) } ?? cell).shown(on: paper) + "\n"
    }

    private static func short(_ bytes: Bytes) -> String {
        if bytes.count > 4 * shortValue {
            return String(decoding: bytes.array.prefix(2 * shortValue), as: UTF8.self)
        }
        return bytes.text ?? "(\(bytes.count) bytes)"
    }

    /// One JSON object. `docket help json` lists its keys.
    package func json() -> [UInt8] {
        let object = JSONText.object { line in
            line.append("topic", text: record.partition.topic)
            line.append("partition", integer: Int(record.partition.number))
            line.append("offset", integer: Int(record.offset.value))
            line.append("time", time: record.timestamp)
            append(record.key, as: "key", to: &line)
            appendHeaders(to: &line)
            appendValue(to: &line)
        }
        return object.array + [UInt8(ascii: "\n")]
    }

    private func append(_ bytes: Bytes?, as name: String, to line: inout JSONObjectText) {
        guard let bytes else { return line.append(name, text: nil) }
        if let text = bytes.text {
            line.append(name, text: text)
        } else {
            line.append(name + "Base64", text: TextForm.base64(bytes.array))
        }
    }

    /// Of several with one name the first counts, as everywhere.
    private func appendHeaders(to line: inout JSONObjectText) {
        var texts: [(name: String, value: String)] = []
        var others: [(name: String, value: String)] = []
        var seen: Set<String> = []
        record.headers.forEach { name, value in
            let name = String(decoding: name, as: UTF8.self)
            guard seen.insert(name).inserted else { return }
            if let text = String(validating: value, as: UTF8.self) {
                texts.append((name, text))
            } else {
                others.append((name, TextForm.base64(Array(value))))
            }
        }
        line.append("headers", object: { headers in for (name, value) in texts { headers.append(name, text: value) } })
        guard !others.isEmpty else { return }
        line.append(
            "headersBase64", object: { headers in for (name, value) in others { headers.append(name, text: value) } })
    }

    private func appendValue(to line: inout JSONObjectText) {
        guard let value = record.value else { return line.append("value", text: nil) }
        do throws(JSONProblem) {
            line.append("value", raw: Self.onOneLine(try JSONView(parsing: value).raw))
        } catch {
            append(value, as: value.text == nil ? "value" : "valueText", to: &line)
        }
    }

    /// A line break in JSON stands between two tokens, where a space says the same.
    private static func onOneLine(_ json: Bytes) -> Bytes {
        let breaks: [UInt8] = [0x0a, 0x0d]
        let isLaidOut = json.withUnsafeBytes { bytes in bytes.contains { breaks.contains($0) } }
        return isLaidOut ? Bytes(json.array.map { breaks.contains($0) ? 0x20 : $0 }) : json
    }
}
