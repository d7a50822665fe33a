import Contracts
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne
import Stages
import Testing

// Of the log as a whole, and of what is kept in it.
extension Invariants {
    // 8

    /// No token is in a record, a header, a signal or a dead letter.
    func canaryEverywhere() throws {
        for site in world.sites {
            let secret = Bytes(site.token.reveal())
            for turn in world.turns {
                for record in turn.records {
                    let isTold =
                        record.value?.contains(secret) ?? false || Bytes(record.headers.encoded).contains(secret)
                        || record.key?.contains(secret) ?? false
                    if isTold { Issue.record("seed \(world.seed): \(record.topic) holds the token of \(site.id)") }
                }
            }
            for signal in world.told.everything where "\(signal)".contains(site.token.reveal()) {
                Issue.record("seed \(world.seed): \(signal.event) tells the token of \(site.id)")
            }
        }
    }

    // 9

    /// The journal as it is and the journal compacted give one memory.
    func journalFoldsAlike() throws {
        let topic = world.catalogue.feedsCursors
        let all = try world.records(topic.name)
        var last: [Bytes?: Offset] = [:]
        for record in all { last[record.key] = record.offset }
        let compacted = all.filter { last[$0.key] == $0.offset }
        let (whole, few) = (try fold(all, topic), try fold(compacted, topic))
        if whole != few { Issue.record("seed \(world.seed): \(all.count) entries and the last \(few.count) differ") }
    }

    private func fold(_ records: [IncomingRecord], _ topic: Topic<FeedEntry>) throws -> [ConsoleID: FeedMemory] {
        var memories: [ConsoleID: FeedMemory] = [:]
        for record in records {
            let entry = try topic.message(in: record)
            memories[entry.console, default: FeedMemory()].apply(entry)
        }
        return memories
    }

    /// What a program remembers is what anybody can fold.
    func memoryIsTheFold() throws {
        let folded = try fold(try world.records(world.catalogue.feedsCursors.name), world.catalogue.feedsCursors)
        for site in world.sites {
            let remembered = world.crew.map { $0.memory(of: site.id) }
            if remembered.contains(folded[site.id] ?? FeedMemory()) { continue }
            Issue.record("seed \(world.seed): nobody remembers of \(site.id) what the journal says")
        }
    }

    /// What was committed is what readers see.
    func everybodySeesTheSame() throws {
        // Of the others the log keeps the last record of each key.
        for stream in [ObservedStream.threats, .alerts, .activities] {
            let topic = world.catalogue.observed(stream)
            let read = try world.records(topic.name)
            let told = chronicle.published.count { $0.stream == stream }
            if read.count != told {
                Issue.record("seed \(world.seed): \(told) records went to \(topic.name), and \(read.count) are read")
            }
        }
    }
}
