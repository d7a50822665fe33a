import Boot
import Crypto
import Operator
import Ports

/// Whoever holds a key, under the name that the settings give it.
struct Signer {
    let name: String
    private let key: SigningKey
    private let deployment: String

    init(_ signing: Command.Signing, _ settings: DocketSettings) throws {
        key = try KeyFile.read(signing.keyFile)
        deployment = settings.deployment
        let approvers = settings.actions.approvers.map { Approver(name: $0.name, key: $0.key) }
        name = try Approver.name(of: key.verifyingKey, in: signing.keyFile, claiming: signing.name, among: approvers)
    }

    /// Orders over what this desk shows, dated now.
    func form(on desk: Desk) -> OrderForm {
        OrderForm(desk, deployment: deployment, key: key, by: name, at: Boot.clock())
    }
}
