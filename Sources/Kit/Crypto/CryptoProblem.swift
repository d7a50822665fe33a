package import Ports

/// A key or a signature that cannot be read. Never holds the text itself.
package struct CryptoProblem: Failure, Equatable {
    package let remedy: Remedy
    package let code: String
    package let detail: String

    private init(_ remedy: Remedy, _ code: String, _ detail: String) {
        self.remedy = remedy
        self.code = code
        self.detail = detail
    }

    /// A person has to give another key: nothing can go on without one.
    static func key(_ detail: String) -> CryptoProblem { CryptoProblem(.stop, "crypto.key", detail) }

    /// Whatever carried the signature cannot be used.
    static func signature(_ detail: String) -> CryptoProblem {
        CryptoProblem(.setAside, "crypto.signature", detail)
    }
}
