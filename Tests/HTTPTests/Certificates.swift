import Children
import Foundation

/// A folder of throw-away keys and certificates, made by the openssl command; it goes with this value.
final class Certificates: Sendable {
    struct Pair {
        let key: URL
        let certificate: URL
        var keyText: String { get throws { try String(contentsOf: key, encoding: .utf8) } }
    }

    static let openSSL = URL(filePath: "/usr/bin/openssl")
    static let isPossible = FileManager.default.isExecutableFile(atPath: openSSL.path)

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// One that vouches for itself, for 127.0.0.1.
    func make(_ name: String, passphrase: String? = nil) throws -> Pair {
        let pair = Pair(
            key: folder.appending(path: "\(name).key"), certificate: folder.appending(path: "\(name).pem"))
        let shielding = try passphrase.map { ["-passout", "file:\(try write($0, as: "\(name).pass").path)"] }
        let making = try Child(
            Self.openSSL,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2", "-subj",
                "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pair.key.path, "-out",
                pair.certificate.path,
            ] + (shielding ?? ["-nodes"]), output: .nothing, errors: .file(folder.appending(path: "openssl.txt")))
        guard making.wait() == .exit(0) else {
            let log = folder.appending(path: "openssl.txt")
            throw ForeignFailure(description: try String(contentsOf: log, encoding: .utf8))
        }
        return pair
    }

    func write(_ text: String, as name: String) throws -> URL {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file
    }
}

/// A server of somebody else's making, and what it writes about its callers.
final class ForeignServer {
    let port: UInt16
    private let child: Child
    private let log: URL

    private init(_ child: Child, port: UInt16, log: URL) {
        self.child = child
        self.port = port
        self.log = log
    }

    func stop() { child.kill() }

    var written: String { get throws { try String(contentsOf: log, encoding: .utf8) } }

    /// Asks every caller for a certificate that `clients` vouches for, if that is given.
    static func openSSL(
        _ server: Certificates.Pair, clients: Certificates.Pair? = nil, in certificates: Certificates
    ) throws -> ForeignServer {
        let asking = clients.map {
            ["-Verify", "1", "-verify_return_error", "-CAfile", $0.certificate.path, "-partial_chain"]
        }
        return try start(
            Certificates.openSSL,
            [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-key", server.key.path, "-cert",
                server.certificate.path,
            ] + (asking ?? []), in: certificates.folder, saying: "ACCEPT 127.0.0.1:")
    }

    static let nghttpd = ["/usr/sbin/nghttpd", "/usr/bin/nghttpd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// HTTP/2 over TLS and nothing else, showing the files of a folder.
    static func http2(
        _ server: Certificates.Pair, files: URL, options: [String] = [], in certificates: Certificates
    ) throws -> ForeignServer {
        let port = try unusedPort()
        let words = options + ["-v", "-a", "127.0.0.1", "-d", files.path, "\(port)"]
        return try start(
            URL(filePath: nghttpd ?? "/usr/sbin/nghttpd"),
            words + [server.key.path, server.certificate.path], in: certificates.folder,
            saying: "listen 127.0.0.1:")
    }

    private static func start(
        _ program: URL, _ arguments: [String], in folder: URL, saying mark: String
    ) throws -> ForeignServer {
        let log = folder.appending(path: "server-\(UUID().uuidString).txt")
        let child = try Child(program, arguments, output: .file(log), errors: .file(log))
        let limit = ContinuousClock.now + .seconds(20)
        while child.ended == nil, ContinuousClock.now < limit {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            if let start = text.range(of: mark)?.upperBound, let line = text[start...].split(separator: "\n").first,
                text[start...].contains("\n"), let port = UInt16(line)
            {
                return ForeignServer(child, port: port, log: log)
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        throw ForeignFailure(description: "\(program.lastPathComponent) does not listen: \(text)")
    }
}

/// What somebody else's program said when it could not do what a test needs.
struct ForeignFailure: Error, CustomStringConvertible {
    let description: String
}
