import JSONView

/// A connection or a question for a name, as an alert or an event tells of it. All of it may be unknown.
package struct ConnectionMention: Sendable, Equatable {
    package let sourceIP: String?
    package let sourcePort: Int?
    package let destinationIP: String?
    package let destinationPort: Int?
    package let direction: String?
    package let status: String?
    package let url: String?
    package let dnsRequest: String?
    package let dnsResponse: String?

    /// Of an alert's `alertInfo`.
    init(alert info: JSONView) {
        self.init(info, direction: info["netEventDirection"], status: nil, url: nil)
    }

    /// Of an event of a threat.
    init(event row: JSONView) {
        self.init(
            row, direction: row["direction"], status: row["connectionStatus"].readableWords,
            url: row["networkUrl"].readableWords)
    }

    private init(_ view: JSONView, direction: JSONView, status: String?, url: String?) {
        sourceIP = view["srcIp"].readableWords
        sourcePort = view["srcPort"].readableInteger
        destinationIP = view["dstIp"].readableWords
        destinationPort = view["dstPort"].readableInteger
        self.direction = direction.readableWords
        self.status = status
        self.url = url
        dnsRequest = view["dnsRequest"].readableWords
        dnsResponse = view["dnsResponse"].readableWords
    }
}
