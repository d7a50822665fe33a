import Foundation
import Ports
import SentinelOne
import Testing

/// A composed answer of a console, from the folder beside this file.
func fixture(_ name: String) throws -> Bytes {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    return Bytes(Array(try Data(contentsOf: url)))
}

func answer(_ status: Int, _ body: Bytes, _ headers: [(name: String, value: String)] = []) -> HTTPResult {
    .success(HTTPAnswer(status: status, headers: headers, body: body))
}

let token = "canary-6f1d0c7e9b"

let console = Console(
    id: "nordhafen", origin: HTTPOrigin(.https, host: "nordhafen.example", port: 443), token: Secret(token))

let htmlPage: Bytes = "<!doctype html><html><title>Log in</title></html>"
