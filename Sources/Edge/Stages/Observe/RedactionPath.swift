/// Where in a row something lies that is not to be published: `agentDetectionInfo.externalIp`, `tags.*.value`,
/// `networkInterfaces[].physical`.
///
/// Names are parted by dots; `*` is any name; letters' case says nothing, because routes differ. Lists are passed
/// through, whether `[]` says so or not. What a path ends at is overwritten with all that it holds.
package struct RedactionPath: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case any
        /// In lower case.
        case name(String)
    }

    /// As it was written.
    let text: String
    let steps: [Step]

    /// nil for what is no path: 1 to 16 names, none of them empty.
    package init?(_ text: String) {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            var name = part
            while name.hasSuffix("[]") { name.removeLast(2) }
            guard !name.isEmpty, !name.contains(where: { "[]".contains($0) }) else { return nil }
            if name != "*" && name.contains("*") { return nil }
            steps.append(name == "*" ? .any : .name(name.lowercased()))
        }
        guard steps.count <= 16 else { return nil }
        self.text = text
        self.steps = steps
    }

    /// The last name in it that is one.
    var name: String? {
        for case .name(let name) in steps.reversed() { return name }
        return nil
    }

    /// Whether it would overwrite that field too.
    func covers(_ field: RedactionPath) -> Bool {
        steps.count <= field.steps.count && zip(steps, field.steps).allSatisfy { $0 == .any || $0 == $1 }
    }
}
