import Contracts
import Foundation
import JSONView
import Pipeline
import Ports

/// A record as a file: headers, key and value, laid out for reading.
struct Sample {
    let record: OutgoingRecord

    init(_ record: OutgoingRecord) { self.record = record }

    init(_ file: Data) throws {
        let view = try JSONView(parsing: Bytes([UInt8](file)))
        var headers = Headers()
        for (name, value) in try view["headers"].members { headers.append(name ?? "", try value.text) }
        // The value's own characters: only the layout goes.
        let value = Layout.compact(String(decoding: try view["value"].raw.array, as: UTF8.self))
        record = OutgoingRecord(
            topic: "", key: Bytes(try view["key"].text), value: Bytes(value), headers: headers,
            timestamp: Timestamp(iso: headers["ce_time"] ?? ""))
    }

    var text: String {
        let compact = JSONText.object { object in
            object.append(
                "headers",
                object: { (headers: inout JSONObjectText) in
                    for (name, value) in record.headers.pairs { headers.append(name, text: value) }
                })
            object.append("key", text: record.key?.text)
            object.append("value", raw: record.value ?? "null")
        }
        return Layout.pretty(compact.text ?? "")
    }

    var type: String { record.headers["ce_type"] ?? "" }
    var version: String { record.headers["ce_dataversion"] ?? "" }
    var fileName: String { "\(type).v\(version).json" }
}

/// A topic with the type of its messages hidden: reads a record and writes the same message again.
struct Channel: Sendable {
    let name: String
    let rewrite: @Sendable (IncomingRecord) throws(Unreadable) -> OutgoingRecord

    init<Message>(_ topic: Topic<Message>) {
        name = topic.name
        rewrite = { (record: IncomingRecord) throws(Unreadable) -> OutgoingRecord in
            topic.record(try topic.message(in: record), following: Cause(thatLedTo: record))
        }
    }

    static func all(of catalogue: Catalogue) -> [Channel] {
        [
            Channel(catalogue.threatsObserved), Channel(catalogue.alertsObserved),
            Channel(catalogue.activitiesObserved),
            Channel(catalogue.agentsObserved), Channel(catalogue.groupsObserved), Channel(catalogue.feedsCursors),
            Channel(catalogue.consolesStatus), Channel(catalogue.threatsEnriched), Channel(catalogue.investigations),
            Channel(catalogue.playbookRuns),
            Channel(catalogue.actionsRequested), Channel(catalogue.actionsLedger), Channel(catalogue.actionsSettled),
            Channel(catalogue.ordersConsoles), Channel(catalogue.controls),
        ]
    }

    /// The topic of a type, as the catalogue says.
    static func carrying(_ type: String, in catalogue: Catalogue) -> Channel? {
        let topic = catalogue.entries.first { $0.types.contains(type) }?.declaration.name
        return all(of: catalogue).first { $0.name == topic }
    }
}

extension Cause {
    /// Taken back out of the headers that it went into.
    init(thatLedTo record: IncomingRecord) {
        self.init(
            id: record.headers["ce_causationid"] ?? "", at: Timestamp(iso: record.headers["ce_time"] ?? "") ?? .zero,
            trace: record.headers["traceparent"],
            ordinal: Int(record.headers["ce_id"]?.split(separator: "#").last ?? "") ?? 0)
    }
}

extension IncomingRecord {
    /// What a reader gets of a record, the log's own time coarser by what Kafka drops.
    init(_ record: OutgoingRecord, on topic: String) {
        let written = record.timestamp ?? .zero
        self.init(
            partition: Partition(topic, 0), offset: .start, key: record.key, value: record.value,
            headers: record.headers, timestamp: Timestamp(milliseconds: written.milliseconds))
    }

    /// The same record with other contents.
    func with(value: Bytes?) -> IncomingRecord {
        IncomingRecord(
            partition: partition, offset: offset, key: key, value: value, headers: headers, timestamp: timestamp)
    }

    func with(header name: String, _ value: String?) -> IncomingRecord {
        var pairs = headers.pairs.filter { $0.name != name }.map { ($0.name, $0.value) }
        if let value { pairs.append((name, value)) }
        return IncomingRecord(
            partition: partition, offset: offset, key: key, value: self.value, headers: Headers(pairs),
            timestamp: timestamp)
    }
}
