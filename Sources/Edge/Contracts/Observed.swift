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
    /// The vendor's JSON object, byte for byte but for what was overwritten before it was published.
    package let raw: Bytes
    /// The id of its event: the same version has the same name tomorrow.
    package let event: String
    /// Set where the record is first seen, kept to the last call that follows from it.
    package let trace: String
    /// What the operator says of every record of this console.
    package let labels: [String: String]
    /// Whose site it belongs to, where sites are tenants.
    package let tenant: String?

    package init(
        console: ConsoleID, subject: Subject, id: String, version: String, at: Timestamp, raw: Bytes, event: String,
        trace: String, labels: [String: String] = [:], tenant: String? = nil
    ) {
        self.console = console
        self.subject = subject
        self.id = id
        self.version = version
        self.at = at
        self.raw = raw
        self.event = event
        self.trace = trace
        self.labels = labels
        self.tenant = tenant
    }

    private static let tenantHeader = "docket-tenant"
    private static let labelHeaders = "docket-label-"

    /// In the order of their names, so that equal records are equal bytes.
    fileprivate func appendShape(to headers: inout Headers) {
        if let tenant { headers.append(Self.tenantHeader, tenant) }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
            headers.append(Self.labelHeaders + name, value)
        }
    }

    fileprivate static func shape(in headers: Headers) -> (labels: [String: String], tenant: String?) {
        var labels: [String: String] = [:]
        headers.forEach { name, value in
            guard name.starts(with: labelHeaders.utf8) else { return }
            let name = String(decoding: name.dropFirst(labelHeaders.utf8.count), as: UTF8.self)
            labels[name] = String(decoding: value, as: UTF8.self)
        }
        return (labels, headers[tenantHeader])
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
                one.appendShape(to: &headers)
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
                    let view = try JSONView(parsing: raw)
                    _ = try (view["id"].ifPresent ?? view["alertInfo"]["alertId"]).id
                } catch {
                    throw Unreadable("\(name): \(error)")
                }
                let cause = Cause(record)
                let shape = ObservedRecord.shape(in: record.headers)
                return ObservedRecord(
                    console: console, subject: subject,
                    id: try Need.value(record.headers["docket-record"], "docket-record"),
                    version: try Need.value(record.headers["docket-version"], "docket-version"),
                    at: cause.at, raw: raw, event: cause.id, trace: cause.trace ?? "",
                    labels: shape.labels, tenant: shape.tenant)
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
