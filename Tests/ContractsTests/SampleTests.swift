import Contracts
import Foundation
import Pipeline
import Ports
import Testing

@Suite("Samples")
struct SampleTests {
    private let catalogue = Specimens.catalogue

    @Test("every type of the catalogue has a sample, and the sample is what the programs write today")
    func golden() throws {
        for sample in try Specimens.samples() {
            try expectGolden(sample.text, at: ContractFiles.root.appending(path: "samples/\(sample.fileName)"))
        }
    }

    @Test("every sample of every version is read, and the newest is written again with the same bytes")
    func reads() throws {
        let newest = try Set(Specimens.samples().map(\.fileName))
        for name in try ContractFiles.names(in: "samples") {
            let sample = try Sample(try ContractFiles.data("samples/\(name)"))
            #expect(name == sample.fileName)
            let channel = try #require(Channel.carrying(sample.type, in: catalogue), "\(name) has no topic")
            let incoming = IncomingRecord(sample.record, on: channel.name)
            var again = try channel.rewrite(incoming)
            guard newest.contains(name) else { continue }
            #expect(again.topic == channel.name)
            #expect(again.value == sample.record.value, "\(name)")
            #expect(again.headers == sample.record.headers, "\(name)")
            #expect(again.timestamp == Timestamp(iso: sample.record.headers["ce_time"] ?? ""), "\(name)")
            // The keys of two journals are the place whose memory they are: the runner fills them in.
            again.key = again.key ?? (Self.keyedByRunner.contains(channel.name) ? sample.record.key : nil)
            #expect(again.key == sample.record.key, "\(name)")
        }
    }

    private static let keyedByRunner: Set<String> = [
        Specimens.catalogue.playbookRuns.name, Specimens.catalogue.actionsLedger.name,
    ]

    @Test("every case of every message survives the wire under its own type")
    func everyCase() throws {
        let written = try Specimens.written()
        for one in written {
            #expect(one.isSame, "\(one.type) comes back as another message")
            #expect(one.record.headers["ce_type"] == one.type)
        }
        #expect(Set(written.map(\.type)) == Set(catalogue.entries.flatMap(\.types)))
        #expect(Set(Specimens.outcomes.map(\.word)).count == 6)
        #expect(Set(Specimens.demands.map(\.word)).count == 6)
    }

    @Test("the types of a message are on one topic only, and a topic's records carry its types only")
    func types() throws {
        let types = catalogue.entries.flatMap(\.types)
        #expect(Set(types).count == types.count)
        for one in try Specimens.written() {
            let entry = catalogue.entries.first { $0.declaration.name == one.record.topic }
            #expect(entry?.types.contains(one.type) ?? false, "\(one.type) on \(one.record.topic)")
        }
    }
}
