internal import CYAML

/// One step of a document, copied out of libyaml.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias(String)
        case end
        /// Begin and end of the stream, and the end of a document.
        case other
    }

    let kind: Kind
    /// As written in front of the node, e.g. `!!binary`.
    let tag: String?
    let line: Int
    let column: Int
}

/// Owns a `yaml_parser_t` and the bytes that it reads.
struct YAMLParser: ~Copyable {
    // libyaml keeps the parser's own address inside the parser, so it must never move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: String) throws(YAMLFailure) {
        let copied = Array(text.utf8)
        parser = .allocate(capacity: 1)
        bytes = .allocate(capacity: max(copied.count, 1))
        parser.initialize(to: yaml_parser_t())
        _ = bytes.initialize(from: copied)
        guard yaml_parser_initialize(parser) == 1 else {
            // yaml_parser_delete is safe on what a failed initialisation leaves: it zeroes the whole first.
            _ = consume self
            throw YAMLFailure(.tooLong, line: 1, column: 1, "no memory for a parser")
        }
        // Given, not guessed: a guess would take UTF-16 for text that we counted and checked as UTF-8.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, copied.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    mutating func next() throws(YAMLFailure) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(copying: event)
    }

    private func failure() -> YAMLFailure {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be read"
        guard parser.pointee.error != YAML_READER_ERROR else {
            let (line, column) = place(ofByte: Int(parser.pointee.problem_offset))
            return YAMLFailure(.encoding, line: line, column: column, problem)
        }
        let mark = parser.pointee.problem_mark
        var sentence = problem
        if let context = parser.pointee.context.map({ String(cString: $0) }) {
            sentence += " \(context)"
            let start = parser.pointee.context_mark
            if start.line != mark.line { sentence += " that began in line \(start.line + 1)" }
        }
        return YAMLFailure(.syntax, line: Int(mark.line) + 1, column: Int(mark.column) + 1, sentence)
    }

    /// The reader, unlike the scanner, knows only how many bytes it has read.
    private func place(ofByte offset: Int) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        let line = before.count { $0 == 10 } + 1
        return (line, String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)
    }
}

extension YAMLEvent {
    fileprivate init(copying event: yaml_event_t) {
        line = Int(event.start_mark.line) + 1
        column = Int(event.start_mark.column) + 1
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: (kind, tag) = (.documentStart, nil)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                YAMLScalar(text: String(decoding: text, as: UTF8.self), style: YAMLScalar.Style(scalar.style)))
            tag = Self.text(scalar.tag)
        case YAML_SEQUENCE_START_EVENT: (kind, tag) = (.sequenceStart, Self.text(event.data.sequence_start.tag))
        case YAML_SEQUENCE_END_EVENT: (kind, tag) = (.sequenceEnd, nil)
        case YAML_MAPPING_START_EVENT: (kind, tag) = (.mappingStart, Self.text(event.data.mapping_start.tag))
        case YAML_MAPPING_END_EVENT: (kind, tag) = (.mappingEnd, nil)
        case YAML_ALIAS_EVENT: (kind, tag) = (.alias(Self.text(event.data.alias.anchor) ?? ""), nil)
        case YAML_STREAM_END_EVENT: (kind, tag) = (.end, nil)
        default: (kind, tag) = (.other, nil)
        }
    }

    private static func text(_ pointer: UnsafePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension YAMLScalar.Style {
    fileprivate init(_ style: yaml_scalar_style_t) {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: self = .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: self = .literal
        case YAML_FOLDED_SCALAR_STYLE: self = .folded
        default: self = .plain
        }
    }
}
