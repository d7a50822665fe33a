import Foundation

/// The part of JSON Schema (draft 2020-12) that the contracts use. A keyword that it does not know is a finding, so
/// that nothing in a schema is silently unchecked.
struct Schema {
    private static let annotations: Set<String> = ["$schema", "title", "description"]
    private static let keywords: Set<String> = [
        "$ref", "$defs", "type", "required", "properties", "items", "enum", "const", "pattern", "oneOf", "minItems",
    ]

    /// By path below `contracts/schemas`.
    private let files: [String: JSON]

    init() throws {
        var files: [String: JSON] = [:]
        for name in try ContractFiles.names(in: "schemas") {
            files[name] = try ContractFiles.json("schemas/\(name)")
        }
        for name in try ContractFiles.names(in: "schemas/parts") {
            files["parts/\(name)"] = try ContractFiles.json("schemas/parts/\(name)")
        }
        self.files = files
    }

    /// Why the value is none that the schema in this file describes; empty where it is.
    func problems(of value: JSON, in file: String) -> [String] {
        guard let schema = files[file] else { return ["there is no schema \(file)"] }
        return problems(of: value, schema, file: file, at: "")
    }

    private func problems(of value: JSON, _ schema: JSON, file: String, at path: String) -> [String] {
        guard let keywords = schema.members else { return ["\(file): a schema is an object"] }
        var problems: [String] = []
        for (keyword, rule) in keywords {
            switch keyword {
            case "$ref":
                guard let (target, targetFile) = resolve(rule.text ?? "", from: file) else {
                    problems.append("\(file): nothing at \(rule)")
                    continue
                }
                problems += self.problems(of: value, target, file: targetFile, at: path)
            case "type":
                let types = rule.text.map { [$0] } ?? rule.elements?.compactMap(\.text) ?? []
                if !types.contains(where: value.isOf) { problems.append("\(path): is no \(types)") }
            case "required":
                guard let members = value.members else { continue }
                for name in rule.elements?.compactMap(\.text) ?? [] where members[name] == nil {
                    problems.append("\(path): lacks \(name)")
                }
            case "properties":
                for (name, inner) in rule.members ?? [:] {
                    guard let member = value[name] else { continue }
                    problems += self.problems(of: member, inner, file: file, at: "\(path)/\(name)")
                }
            case "items":
                for (index, element) in (value.elements ?? []).enumerated() {
                    problems += self.problems(of: element, rule, file: file, at: "\(path)/\(index)")
                }
            default:
                problems += simpleProblems(of: value, keyword, rule, at: path)
                if keyword == "oneOf" {
                    let fitting = (rule.elements ?? []).filter {
                        self.problems(of: value, $0, file: file, at: path).isEmpty
                    }
                    if fitting.count != 1 { problems.append("\(path): fits \(fitting.count) of the alternatives") }
                }
            }
        }
        return problems
    }

    private func simpleProblems(of value: JSON, _ keyword: String, _ rule: JSON, at path: String) -> [String] {
        switch keyword {
        case "const": return value == rule ? [] : ["\(path): is not \(rule)"]
        case "enum": return rule.elements?.contains(value) ?? false ? [] : ["\(path): is none of \(rule)"]
        case "pattern":
            guard let text = value.text else { return [] }
            guard let regex = try? Regex(rule.text ?? "(") else { return ["\(path): the pattern is broken"] }
            return text.firstMatch(of: regex) == nil ? ["\(path): does not match"] : []
        case "minItems":
            guard let elements = value.elements, case .integer(let least) = rule else { return [] }
            return elements.count < least ? ["\(path): has only \(elements.count) elements"] : []
        case "$defs", "oneOf": return []
        default: return Self.annotations.contains(keyword) ? [] : ["\(path): the keyword \(keyword) is unknown"]
        }
    }

    private func resolve(_ reference: String, from file: String) -> (JSON, file: String)? {
        if reference.hasPrefix("#/$defs/") {
            return files[file]?["$defs"]?[String(reference.dropFirst(8))].map { ($0, file) }
        }
        let folder = file.split(separator: "/").dropLast().map { "\($0)/" }.joined()
        return files[folder + reference].map { ($0, folder + reference) }
    }
}

// What the schemas themselves must hold.
extension Schema {
    /// Unknown keywords, references to nothing, rules that a value can never break, and fields without a word for the
    /// subscriber, in every file.
    var findings: [String] {
        files.flatMap { file, schema in
            let unnamed = schema["title"] == nil || schema["description"] == nil ? ["\(file): no title"] : []
            return unnamed + findings(in: schema, file: file, at: file)
        }.sorted()
    }

    private func findings(in schema: JSON, file: String, at path: String) -> [String] {
        guard let rules = schema.members else { return ["\(path): a schema is an object"] }
        var findings = rules.keys.filter { !Self.keywords.contains($0) && !Self.annotations.contains($0) }
            .map { "\(path): the keyword \($0) is unknown" }
        if let reference = rules["$ref"]?.text, resolve(reference, from: file) == nil {
            findings.append("\(path): nothing at \(reference)")
        }
        for (name, inner) in rules["properties"]?.members ?? [:] {
            let isSaid =
                inner["description"] != nil || inner["$ref"] != nil || inner["const"] != nil
                || inner["enum"] != nil
            if !isSaid { findings.append("\(path)/\(name): no description") }
        }
        let known = rules["properties"]?.members ?? [:]
        if rules["type"] != nil {
            for name in rules["required"]?.elements?.compactMap(\.text) ?? [] where known[name] == nil {
                findings.append("\(path): requires \(name), which it does not describe")
            }
        }
        for inner in nested(rules) {
            findings += self.findings(in: inner.schema, file: file, at: "\(path)/\(inner.name)")
        }
        return findings
    }

    private func nested(_ rules: [String: JSON]) -> [(name: String, schema: JSON)] {
        let named = ["properties", "$defs"].flatMap { rules[$0]?.members?.map { ($0.key, $0.value) } ?? [] }
        let alternatives = (rules["oneOf"]?.elements ?? []).map { ("oneOf", $0) }
        return named + alternatives + (rules["items"].map { [("items", $0)] } ?? [])
    }
}

// How a value that fits can be spoiled.
extension Schema {
    struct Spoiled {
        let label: String
        let value: JSON
    }

    /// Each required field removed, each field of another type, each choice and each form broken: one at a time.
    func spoiled(_ value: JSON, in file: String) -> [Spoiled] {
        places(of: value, files[file] ?? .null, file: file, at: []).flatMap { place -> [Spoiled] in
            let name = place.path.joined(separator: "/")
            let isTrue = if case .bool = place.value { true } else { false }
            var all = [
                Spoiled(
                    label: "\(name) retyped",
                    value: value.replacing(place.path, with: isTrue ? .text("x") : .bool(true)))
            ]
            if place.isRequired {
                all.append(Spoiled(label: "\(name) removed", value: value.replacing(place.path, with: nil)))
            }
            if place.isLimited {
                let odd = JSON.text("No Such ☃")
                all.append(Spoiled(label: "\(name) odd", value: value.replacing(place.path, with: odd)))
            }
            return all
        }
    }

    /// What a tolerant reader must take: each optional field absent, and a field of tomorrow in each object.
    func grown(_ value: JSON, in file: String) -> [Spoiled] {
        let places = places(of: value, files[file] ?? .null, file: file, at: [])
        let lean = places.filter { !$0.isRequired && Int($0.path.last ?? "") == nil }.map {
            Spoiled(
                label: "\($0.path.joined(separator: "/")) absent", value: value.replacing($0.path, with: nil))
        }
        let wide = places.filter { $0.value.members != nil }.map(\.path) + [[]]
        return lean
            + wide.map { path in
                Spoiled(
                    label: "\(path.joined(separator: "/")) with more",
                    value: value.replacing(path + ["tomorrow"], with: .array([.integer(1), .null])))
            }
    }

    private struct Place {
        let path: [String]
        let value: JSON
        let isRequired: Bool
        /// Not any text will do.
        let isLimited: Bool
    }

    private func places(of value: JSON, _ schema: JSON, file: String, at path: [String]) -> [Place] {
        var found: [Place] = []
        let rules = rules(schema, file: file, for: value)
        let required = Set(rules.flatMap { $0.schema["required"]?.elements?.compactMap(\.text) ?? [] })
        for name in value.members?.keys.sorted() ?? [] {
            guard let member = value[name] else { continue }
            let inner = rules.compactMap { rule in rule.schema["properties"]?[name].map { ($0, rule.file) } }
            guard !inner.isEmpty else { continue }
            let all = inner.flatMap { self.rules($0.0, file: $0.1, for: member) }
            found.append(
                Place(
                    path: path + [name], value: member, isRequired: required.contains(name),
                    isLimited: all.contains {
                        $0.schema["pattern"] != nil || $0.schema["enum"] != nil || $0.schema["const"] != nil
                    }))
            var below: [String: Place] = [:]
            for (schema, file) in inner {
                for place in places(of: member, schema, file: file, at: path + [name]) {
                    below[place.path.joined(separator: "/")] = place
                }
            }
            found += below.sorted { $0.key < $1.key }.map(\.value)
        }
        for (index, element) in (value.elements ?? []).enumerated() {
            for rule in rules {
                guard let items = rule.schema["items"] else { continue }
                let here = path + [String(index)]
                found.append(Place(path: here, value: element, isRequired: false, isLimited: false))
                found += places(of: element, items, file: rule.file, at: here)
            }
        }
        return found
    }

    /// The schema itself, what it refers to, and of its alternatives the one that fits.
    private func rules(_ schema: JSON, file: String, for value: JSON) -> [(schema: JSON, file: String)] {
        var all = [(schema: schema, file: file)]
        if let reference = schema["$ref"]?.text, let (target, targetFile) = resolve(reference, from: file) {
            all += rules(target, file: targetFile, for: value)
        }
        if let fitting = schema["oneOf"]?.elements?.first(where: {
            problems(of: value, $0, file: file, at: "").isEmpty
        }) {
            all += rules(fitting, file: file, for: value)
        }
        return all
    }
}

extension JSON {
    fileprivate func isOf(_ type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.text, "string"), (.array, "array"), (.object, "object"):
            true
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.text, _), (.array, _), (.object, _): false
        }
    }
}
