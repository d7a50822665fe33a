package import Investigation
import JSONView
import Pipeline
package import Ports

/// A threat as it came, with the endpoint it was seen on, as that came, and where each was read.
package struct EnrichedThreat: Sendable, Equatable {
    package let subject: Subject
    /// The vendor's threat, byte for byte.
    package let threat: Bytes
    /// The id of the event that carried it.
    package let threatEvent: String
    /// The vendor's endpoint, byte for byte, and the id of its event; nil where none is known.
    package let endpoint: Bytes?
    package let endpointEvent: String?

    package init(
        subject: Subject, threat: Bytes, threatEvent: String, endpoint: Bytes?, endpointEvent: String?
    ) {
        self.subject = subject
        self.threat = threat
        self.threatEvent = threatEvent
        self.endpoint = endpoint
        self.endpointEvent = endpointEvent
    }
}

extension Topic where Message == EnrichedThreat {
    static func threatsEnriched(_ name: String, source: String) -> Topic {
        Topic(
            name,
            encode: { one, cause in
                let value = JSONText.object { object in
                    if let endpoint = one.endpoint {
                        object.append("endpoint", raw: endpoint)
                    } else {
                        object.append("endpoint", text: nil)
                    }
                    object.append("provenance") { from in
                        from.append("endpoint", text: one.endpointEvent)
                        from.append("threat", text: one.threatEvent)
                    }
                    object.append("threat", raw: one.threat)
                }
                return OutgoingRecord(
                    topic: name, key: Bytes(one.subject.rawValue), value: value,
                    headers: Envelope.headers(
                        id: "\(cause.id)>\(name)#\(cause.ordinal)", source: source, type: "threat.enriched", version: 1,
                        at: cause.at, cause: cause.id, trace: cause.trace),
                    timestamp: cause.at)
            },
            decode: { (record: IncomingRecord) throws(Unreadable) -> EnrichedThreat in
                guard let subject = record.key?.text.flatMap({ Subject($0) }) else {
                    throw Unreadable("\(name): the key is no subject")
                }
                let value = try Envelope.value(of: record, on: name, type: "threat.enriched", versions: [1]).value
                do {
                    let view = try JSONView(parsing: value)
                    let endpoint = try nullable(view["endpoint"])
                    _ = try view["threat"]["id"].id
                    _ = try endpoint?["id"].id
                    return EnrichedThreat(
                        subject: subject, threat: try view["threat"].raw,
                        threatEvent: try view["provenance"]["threat"].text, endpoint: try endpoint?.raw,
                        endpointEvent: try nullable(view["provenance"]["endpoint"])?.text)
                } catch {
                    throw Unreadable("\(name): \(error)")
                }
            })
    }
}

/// What may be null must still be there: a field that went missing is a mistake, not an absence.
private func nullable(_ view: JSONView) throws(JSONProblem) -> JSONView? {
    guard !view.isMissing else { throw view.problem(expected: "a value or null") }
    return view.ifPresent
}
