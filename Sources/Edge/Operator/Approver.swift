package import Crypto

/// Somebody whose signature counts.
package struct Approver: Sendable, Equatable {
    package let name: String
    package let key: VerifyingKey

    package init(name: String, key: VerifyingKey) {
        self.name = name
        self.key = key
    }

    /// Under which name a key signs. A key of nobody is refused here already, where the sentence can help; what counts
    /// is the ledger's own check.
    package static func name(
        of key: VerifyingKey, in file: String, claiming claimed: String?, among approvers: [Approver]
    ) throws(Refusal) -> String {
        let owners = approvers.filter { $0.key == key }.map(\.name)
        guard let first = owners.first else {
            throw Refusal(
                "the key in \(file) belongs to no approver of the settings: list \(key.base64) under "
                    + "actions.approvers")
        }
        guard let claimed else { return first }
        guard owners.contains(claimed) else {
            throw Refusal("the key in \(file) is not one of \(claimed): it belongs to", candidates: owners)
        }
        return claimed
    }
}
