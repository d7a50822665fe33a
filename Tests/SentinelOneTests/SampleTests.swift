import Foundation
import JSONView
import Ports
import SentinelOne
import Testing

/// A folder with facts about the vendor that is not part of this project.
let vendorFacts = ProcessInfo.processInfo.environment["DOCKET_FACTS"].map {
    URL(fileURLWithPath: $0).appendingPathComponent("sentinelone")
}

@Suite("Samples of the vendor's answers")
struct SampleTests {
    /// Every sample, whole.
    private func samples() throws -> [(name: String, body: Bytes)] {
        let folder = try #require(vendorFacts).appendingPathComponent("samples")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "json" }.map {
            (
                "\($0.deletingLastPathComponent().lastPathComponent)/\($0.lastPathComponent)",
                Bytes(Array(try Data(contentsOf: $0)))
            )
        }
    }

    @Test(
        "every sample is read without loss: each row byte for byte, with its id and its times",
        .enabled(if: vendorFacts != nil, "DOCKET_FACTS names no folder with samples"))
    func lossless() throws {
        var pages: [VendorStream: Int] = [:]
        for (name, body) in try samples() {
            guard let stream = try stream(of: name, body) else { continue }
            let page = try Page(answer(200, body), of: stream, from: console)
            #expect(page.unreadable.isEmpty, "\(name): \(page.unreadable.map(\.reason))")
            let data = try JSONView(parsing: body)["data"]
            let rows = Array(try (stream == .sites ? data["sites"] : data).elements)
            #expect(page.items.count == rows.count, "\(name)")
            for (item, row) in zip(page.items, rows) {
                #expect(item.bytes == (try row.raw), "\(name)[\(item.index)]")
                try expectFound(item, in: row, stream, "\(name)[\(item.index)]")
                // Some samples have invented ids, of a kind that no console gives out.
                let place = "\(name)[\(item.index)] \(item.id)"
                if AgentID(item.id) != nil {
                    #expect(throws: Never.self, "\(place)") { try Reader.fact(item.bytes, of: stream) }
                }
            }
            pages[stream, default: 0] += 1
        }
        for stream in [VendorStream.threats, .alerts, .activities, .agents, .groups, .sites, .accounts, .events] {
            #expect(pages[stream] ?? 0 > 0, "no sample of \(stream)")
        }
    }

    @Test(
        "no sample, of whatever it is, troubles any reader",
        .enabled(if: vendorFacts != nil, "DOCKET_FACTS names no folder with samples"))
    func foreign() throws {
        for (name, body) in try samples() {
            for reader in Reader.all {
                do { _ = try reader.read(answer(200, body)) } catch {
                    #expect(error is ReadProblem && !"\(error)".isEmpty, "\(name): \(reader.name)")
                }
            }
        }
    }

    /// By name; summaries and lists of other things are not pages.
    private func stream(of name: String, _ body: Bytes) throws -> VendorStream? {
        let data = try JSONView(parsing: body)["data"]
        let others = ["activities_types", "apps_by", "restrictions"]
        guard !others.contains(where: { name.contains($0) }) else { return nil }
        if name.contains("sites"), data["sites"].kind == .array { return .sites }
        guard data.kind == .array else { return nil }
        let words: [(String, VendorStream)] = [
            ("logs_events", .events), ("get_events", .events), ("activit", .activities), ("threat", .threats),
            ("alert", .alerts), ("agent", .agents), ("group", .groups), ("account", .accounts),
        ]
        return words.first { name.contains($0.0) }?.1
    }

    /// What the row says of its id and its times is what the item says, word by word.
    private func expectFound(_ item: Page.Item, in row: JSONView, _ stream: VendorStream, _ place: String) throws {
        let info = stream == .threats ? row["threatInfo"] : stream == .alerts ? row["alertInfo"] : row
        let id = stream == .alerts ? info["alertId"].ifPresent ?? row["id"] : row["id"]
        #expect(item.id == (try id.id), "\(place)")
        for (name, time) in [("createdAt", item.createdAt), ("updatedAt", item.updatedAt)] {
            guard let text = try? info[name].text else { continue }
            #expect(time?.text == text, "\(place).\(name)")
        }
    }
}
