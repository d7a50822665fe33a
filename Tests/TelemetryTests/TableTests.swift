import Foundation
import Ports
import Telemetry
import Testing

@Suite("The table of metrics") struct TableTests {
    @Test("the README lists every metric as it is declared, and no other")
    func table() throws {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
        let listed = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("| `docket_") }.map(String.init)
        let declared = Metric.allCases.map { metric in
            let labels = metric.labels.map(\.rawValue).joined(separator: ", ")
            return "| `\(metric.sampleName)` | \(metric.kind.rawValue) | \(labels) | \(metric.help) |"
        }
        #expect(listed == declared)
    }
}
