import Contracts
import Foundation
import Pipeline
import Ports
import Testing

@Suite("Schemas")
struct SchemaTests {
    private let catalogue = Specimens.catalogue
    private let schema: Schema
    private let samples: [Sample]

    init() throws {
        schema = try Schema()
        samples = try ContractFiles.names(in: "samples").map { try Sample(try ContractFiles.data("samples/\($0)")) }
    }

    private func file(_ sample: Sample) -> String { "\(sample.type).v\(sample.version).schema.json" }

    private func value(_ record: OutgoingRecord) throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: Data(try #require(record.value).array))
    }

    private func reads(_ value: JSON, as sample: Sample) throws -> Bool {
        let channel = try #require(Channel.carrying(sample.type, in: catalogue))
        let bytes = Bytes([UInt8](try JSONEncoder().encode(value)))
        return (try? channel.rewrite(IncomingRecord(sample.record, on: channel.name).with(value: bytes))) != nil
    }

    @Test("every type has a schema and a sample, and there is neither for what is no type")
    func complete() throws {
        let types = Set(catalogue.entries.flatMap(\.types))
        func named(_ names: [String]) -> Set<String> {
            Set(names.map { $0.split(separator: ".").prefix(2).joined(separator: ".") })
        }
        #expect(named(try ContractFiles.names(in: "schemas")) == types)
        #expect(named(try ContractFiles.names(in: "samples")) == types)
        let schemas = try Set(ContractFiles.names(in: "schemas").map { $0.replacing(".schema.json", with: ".json") })
        #expect(try schemas == Set(ContractFiles.names(in: "samples")))
    }

    @Test("a schema has no keyword that goes unchecked, no broken reference and no field without a word")
    func sound() { #expect(schema.findings == []) }

    @Test("every sample fits its schema, and so does every message of every kind")
    func fits() throws {
        for sample in samples {
            #expect(schema.problems(of: try value(sample.record), in: file(sample)) == [], "\(sample.fileName)")
        }
        for one in try Specimens.written() {
            #expect(schema.problems(of: try value(one.record), in: file(Sample(one.record))) == [], "\(one.type)")
        }
    }

    @Test("a sample without a required field, or with one of another type, neither fits its schema nor is read")
    func spoiled() throws {
        var tried = 0
        for sample in samples {
            for spoiled in schema.spoiled(try value(sample.record), in: file(sample)) {
                tried += 1
                #expect(
                    schema.problems(of: spoiled.value, in: file(sample)) != [],
                    "\(sample.fileName) fits with \(spoiled.label)")
                #expect(try !reads(spoiled.value, as: sample), "\(sample.fileName) is read with \(spoiled.label)")
            }
        }
        #expect(tried > 400)
    }

    @Test("a sample without an optional field, or with a field of tomorrow, fits its schema and is read")
    func tolerant() throws {
        for sample in samples {
            for grown in schema.grown(try value(sample.record), in: file(sample)) {
                #expect(
                    schema.problems(of: grown.value, in: file(sample)) == [], "\(sample.fileName): \(grown.label)")
                #expect(try reads(grown.value, as: sample), "\(sample.fileName) is not read: \(grown.label)")
            }
        }
    }
}
