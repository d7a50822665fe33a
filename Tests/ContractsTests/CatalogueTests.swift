import Contracts
import Foundation
import Pipeline
import Ports
import Testing

@Suite("Catalogue")
struct CatalogueTests {
    @Test("the table of topics that subscribers read is the catalogue")
    func topics() throws {
        try expectGolden(
            Self.table(of: Catalogue(deployment: "sample")), at: ContractFiles.root.appending(path: "topics.md"))
    }

    private static func table(of catalogue: Catalogue) -> String {
        let rows = catalogue.entries.map { entry in
            let types =
                entry.types.isEmpty ? "that of the record" : entry.types.map { "`\($0)`" }.joined(separator: " ")
            return "| "
                + [
                    "`\(entry.declaration.name)`", entry.declaration.kind.rawValue,
                    kept(entry.declaration), String(entry.declaration.partitions), entry.key, entry.writer,
                    entry.readers, types, entry.about,
                ].joined(separator: " | ") + " |"
        }
        return """
            # Topics

            Printed from the catalogue in the code; a test holds it. The prefix `docket.` and the number of partitions
            are the defaults of a deployment's settings. Kinds: *events* are kept for a time, a *journal* for ever and
            whole, of a *compacted* topic the last record of each key. The embedded log keeps them alike.

            | topic | kind | kept | partitions | key | only writer | readers | types | what |
            |---|---|---|---|---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            ## On Kafka

            What `docket topics apply` makes them with. Sizes follow the largest record of the settings.

            | topic | settings |
            |---|---|
            \(catalogue.declarations.map(settings).joined(separator: "\n"))

            """
    }

    private static func kept(_ topic: TopicDeclaration) -> String {
        switch topic.kind {
        case .events: topic.settings[.retention].flatMap { Int($0) }.map { "\($0 / 86_400_000) days" } ?? "?"
        case .journal: "for ever"
        case .compacted: "last of each key"
        }
    }

    private static func settings(of topic: TopicDeclaration) -> String {
        let settings = topic.settings.sorted { $0.key.rawValue < $1.key.rawValue }
        return "| `\(topic.name)` | " + settings.map { "`\($0.key.rawValue)=\($0.value)`" }.joined(separator: " ")
            + " |"
    }

    @Test("prefix and partitions are the deployment's, and names are unique")
    func settings() {
        let catalogue = Catalogue(deployment: "a", prefix: "x.", partitions: 7)
        #expect(catalogue.declarations.allSatisfy { $0.name.hasPrefix("x.") })
        #expect(Set(catalogue.declarations.map(\.name)).count == catalogue.declarations.count)
        let other = catalogue.declarations.filter { $0.partitions != 7 }
        #expect(other.map(\.name) == ["x.controls"])
        #expect(other.map(\.partitions) == [1])
    }

    @Test("every topic has a writer and a reader, and a journal has one writer, which reads it again")
    func loops() {
        let catalogue = Specimens.catalogue
        let names = Set(catalogue.declarations.map(\.name))
        let loops = catalogue.loops.all
        let written = Set(loops.flatMap(\.writes) + catalogue.desk.writes)
        let read = Set(loops.flatMap(\.reads) + catalogue.desk.reads)
        #expect(written == names && read == names)
        for journal in catalogue.declarations.filter({ $0.kind == .journal }) {
            #expect(loops.filter { $0.writes.contains(journal.name) }.map(\.journal) == [journal.name])
            #expect(!catalogue.desk.writes.contains(journal.name))
        }
        #expect(catalogue.loops.observe.group(under: "x.") == "x.ingest.observe")
        #expect(loops.allSatisfy { $0.tables.isSubset(of: $0.sources) })
    }

    @Test("a topic takes what the settings allow to be written, and an enriched threat twice that")
    func sizes() {
        let catalogue = Catalogue(deployment: "a", recordLimit: 3_000_000)
        for topic in catalogue.declarations {
            let room = topic.settings[.recordBytes].flatMap { Int($0) } ?? 0
            #expect(room > (topic.name == catalogue.threatsEnriched.name ? 6_000_000 : 3_000_000), "\(topic.name)")
        }
    }

    @Test("every topic that can be written is declared")
    func declared() {
        let catalogue = Specimens.catalogue
        let channels = Set(Channel.all(of: catalogue).map(\.name) + [catalogue.deadLetters])
        #expect(channels == Set(catalogue.declarations.map(\.name)))
    }
}
