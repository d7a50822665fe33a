import JSONView
package import Ports

/// A permission by the name that the API's documentation gives it: `Endpoints.disconnectFromNetwork`.
package struct Permission: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    /// Names are compared by their letters and digits: roles write them in several ways.
    private let canonical: String

    package init(_ name: String) {
        self.name = name
        canonical = Self.canonical(name)
    }

    package var description: String { name }

    package static func == (left: Permission, right: Permission) -> Bool { left.canonical == right.canonical }
    package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

    private static func canonical(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "." }
    }
}

/// What a role permits.
package struct PermissionSet: Sendable, Equatable {
    package let roleName: String?
    package let granted: Set<Permission>

    package init(roleName: String?, granted: Set<Permission>) {
        self.roleName = roleName
        self.granted = granted
    }

    package func holds(_ permission: Permission) -> Bool { granted.contains(permission) }

    /// Reads the answer to `Console.role(_:)`. A permission counts only where its value is plainly true.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        do {
            var granted: Set<Permission> = []
            for page in try data["pages"].elements {
                for permission in try page["permissions"].elements where permission["value"].readableBool == true {
                    granted.formUnion(Self.names(of: permission, on: page))
                }
            }
            self.init(roleName: data["name"].readableText, granted: granted)
        } catch {
            throw ReadProblem.unintelligible(error, answer, from: console)
        }
    }

    /// Consoles differ in which of identifier and title is the documented name, so every combination counts.
    private static func names(of permission: JSONView, on page: JSONView) -> [Permission] {
        let pages = [page["identifier"].readableText, page["name"].readableText].compactMap { $0 }
        let verbs = [permission["identifier"].readableText, permission["title"].readableText].compactMap { $0 }
        return verbs.flatMap { verb in
            (verb.contains(".") ? [Permission(verb)] : []) + pages.map { Permission("\($0).\(verb)") }
        }
    }
}
