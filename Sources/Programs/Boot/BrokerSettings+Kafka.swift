import Kafka
import Ports
import Settings

extension BrokerSettings {
    /// What the Kafka room is given: the secrets are read now, but for a token, which is read whenever one is needed.
    func connection(as instance: String) throws(LogFailure) -> KafkaSettings {
        var settings = try KafkaSettings(bootstrap: servers, instance: instance, security: try security())
        settings.rack = rack
        settings.timing = timing
        settings.recordLimit = recordLimit
        return settings
    }

    private func security() throws(LogFailure) -> KafkaSecurity? {
        guard isEncrypted else { return nil }
        var security = KafkaSecurity()
        security.authorityFile = authorityFile
        do {
            security.certificate = try certificate.map { certificate throws(FileFailure) in
                KafkaSecurity.Certificate(
                    file: certificate.file, key: try certificate.key.wholeText(),
                    keyPassword: try certificate.keyPassword.map { file throws(FileFailure) in try file.secret() })
            }
            switch login {
            case nil: break
            case .password(let mechanism, let user, let file):
                security.login = .init(mechanism, user: user, password: try file.secret())
            case .token(let file):
                security.token = {
                    Result { () throws(FileFailure) in try file.secret() }.mapError { .init($0.detail) }
                }
            }
        } catch {
            throw LogFailure(.stop, code: error.code, detail: error.detail, exitCode: .usage)
        }
        return security
    }
}
