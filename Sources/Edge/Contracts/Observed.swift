package import Investigation
import JSONView
package import Pipeline
package import Ports

/// One version of one record of a console, as it came.
package struct ObservedRecord: Sendable, Equatable {
    package let console: ConsoleID
    package let subject: Subject
    /// The record's id at the console.
    package let id: String
    /// What tells this version from the others: `updatedAt` verbatim for threats, an ordinal for agents.
    package let version: String
    /// When the record says that it was changed.
    package let at: Timestamp
    /// The vendor's JSON object, byte for byte.
    package let raw: Bytes
    /// The id of its event: the same version has the same name tomorrow.
    package let event: String
    /// Set where the record is first seen, kept to the last call that follows from it.
    package let trace: String

    package init(
        console: ConsoleID, subject: Subject, id: String, version: String, at: Timestamp, raw: Bytes, event: String,
        trace: String
    ) {
        self.console = console
        self.subject = subject
        self.id = id
        self.version = version
        self.at = at
        self.raw = raw
        self.event = event
        self.trace = trace
    }
}

extension Topic where Message == ObservedRecord {
    /// The value is the vendor's; everything of ours is in the headers.
    static func observed(_ name: String, source: String, type: String) -> Topic {
        Topic(
            name,
            encode: { one, _ in
                var headers = Envelope.headers(
                    id: one.event, source: source, type: type, version: 1,
                    at: one.at, trace: one.trace.isEmpty ? nil : one.trace)
                headers.append("docket-record", one.id)
                headers.append("docket-version", one.version)
                return OutgoingRecord(
                    topic: name, key: Bytes(one.subject.rawValue), value: one.raw, headers: headers, timestamp: one.at)
            },
            decode: { (record: IncomingRecord) throws(Unreadable) -> ObservedRecord in
                guard let subject = record.key?.text.flatMap({ Subject($0) }), let console = subject.console else {
                    throw Unreadable("\(name): the key is no subject")
                }
                let raw = try Envelope.value(of: record, on: name, type: type, versions: [1]).value
                do {
                    // Checked here, where it comes in: what is spliced into other messages must be one JSON object.
                    _ = try JSONView(parsing: raw)["id"].id
                } catch {
                    throw Unreadable("\(name): \(error)")
                }
                let cause = Cause(record)
                return ObservedRecord(
                    console: console, subject: subject,
                    id: try Need.value(record.headers["docket-record"], "docket-record"),
                    version: try Need.value(record.headers["docket-version"], "docket-version"),
                    at: cause.at, raw: raw, event: cause.id, trace: cause.trace ?? "")
            })
    }
}

extension Catalogue {
    /// That a record is gone, for whoever keeps the last one of each key.
    package func tombstone(
        _ stream: ObservedStream, of subject: Subject, record: String, event: String, at: Timestamp
    ) -> Draft {
        let topic = observed(stream).name
        let (source, type) = (source, "\(stream.rawValue.dropLast()).observed")
        return Draft { _ in
            var headers = Envelope.headers(id: event, source: source, type: type, version: 1, at: at)
            headers.append("docket-record", record)
            return OutgoingRecord(
                topic: topic, key: Bytes(subject.rawValue), value: nil, headers: headers, timestamp: at)
        }
    }
}
