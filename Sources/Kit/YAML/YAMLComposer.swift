/// Builds the tree out of libyaml's events, within the limits.
struct YAMLComposer: ~Copyable {
    private var parser: YAMLParser
    private let limits: YAMLLimits
    private var nodes = 0

    init(of text: String, limits: YAMLLimits) throws(YAMLFailure) {
        guard text.utf8.count <= limits.bytes else {
            throw YAMLFailure(
                .tooLong, line: 1, column: 1,
                "expected at most \(limits.bytes) bytes, found \(text.utf8.count)")
        }
        parser = try YAMLParser(text)
        self.limits = limits
    }

    mutating func document() throws(YAMLFailure) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try parser.next()
            switch event.kind {
            case .end: return root ?? YAMLNode(.scalar(YAMLScalar(text: "", style: .plain)), line: 1, column: 1)
            case .documentStart where root != nil:
                throw failure(.documents, event, "expected one document, found a second one")
            case .documentStart: root = try node(try parser.next(), depth: 1)
            case .other: break
            case .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd, .alias:
                throw failure(.syntax, event, "expected a document")
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLFailure) -> YAMLNode {
        nodes += 1
        guard nodes <= limits.nodes else { throw failure(.tooMany, event, "expected at most \(limits.nodes) values") }
        guard depth <= limits.depth else { throw failure(.tooDeep, event, "expected at most \(limits.depth) levels") }
        if let tag = event.tag {
            throw failure(.tag, event, "tags such as \(tag.prefix(40)) are not supported; quotes make a value text")
        }
        switch event.kind {
        case .scalar(let scalar): return YAMLNode(.scalar(scalar), line: event.line, column: event.column)
        case .sequenceStart:
            return YAMLNode(.sequence(try sequence(depth: depth)), line: event.line, column: event.column)
        case .mappingStart:
            return YAMLNode(.mapping(try mapping(depth: depth)), line: event.line, column: event.column)
        case .alias(let name):
            throw failure(.alias, event, "aliases such as *\(name.prefix(40)) are not supported; write the value again")
        case .documentStart, .sequenceEnd, .mappingEnd, .end, .other:
            throw failure(.syntax, event, "expected a value")
        }
    }

    private mutating func sequence(depth: Int) throws(YAMLFailure) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try parser.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAMLFailure) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind { return entries }
            guard case .scalar(let key) = try node(event, depth: depth + 1).content else {
                throw failure(.key, event, "expected a key, found a list or a section")
            }
            if let line = lines.updateValue(event.line, forKey: key.text) {
                throw failure(
                    .duplicateKey, event, "the key \"\(key.text.prefix(60))\" stands already in line \(line)")
            }
            let value = try node(try parser.next(), depth: depth + 1)
            entries.append(YAMLEntry(key: key.text, line: event.line, column: event.column, value: value))
        }
    }

    private func failure(_ reason: YAMLFailure.Reason, _ event: YAMLEvent, _ sentence: String) -> YAMLFailure {
        YAMLFailure(reason, line: event.line, column: event.column, sentence)
    }
}
