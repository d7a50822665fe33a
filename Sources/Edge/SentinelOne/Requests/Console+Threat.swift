package import Ports

// What the console knows around one threat, and around what it found.
extension Console {
    /// What happened to a threat, oldest first.
    package func timeline(of threat: ThreatID, after cursor: Cursor? = nil) -> HTTPRequest {
        get("/threats/\(threat.digits)/timeline", page(of: .timeline) + (cursor.map { [("cursor", $0.text)] } ?? []))
    }

    package func notes(on threat: ThreatID, after cursor: Cursor? = nil) -> HTTPRequest {
        get("/threats/\(threat.digits)/notes", page(of: .notes) + (cursor.map { [("cursor", $0.text)] } ?? []))
    }

    /// What the endpoint did around a threat, oldest first, from that place on.
    package func events(of threat: ThreatID, from place: EventPlace = .start) -> HTTPRequest {
        get("/threats/\(threat.digits)/explore/events", page(of: .events) + [("skip", String(place.skip))])
    }

    /// What the vendor's cloud says of a file's content.
    package func verdict(on hash: FileHash) -> HTTPRequest { get("/hashes/\(hash.digits)/verdict") }

    private func page(of stream: VendorStream) -> [Parameter] {
        [("sortBy", stream.steadySort), ("sortOrder", "asc"), ("limit", String(stream.pageLimit))]
    }
}

/// How many events of a threat were read: they are paged by number.
package struct EventPlace: Hashable, Sendable {
    /// The console counts no further.
    static let last = 1_000_000
    package static let start = EventPlace(skip: 0)

    let skip: Int
}

/// The hash of a file's content: MD5, SHA-1 or SHA-256, in lower case, because the console compares letter by letter.
package struct FileHash: Hashable, Sendable, CustomStringConvertible {
    package let digits: String

    /// nil for anything but 32, 40 or 64 hexadecimal digits.
    package init?(_ text: String) {
        let digits = text.lowercased()
        guard [32, 40, 64].contains(digits.utf8.count), digits.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        self.digits = digits
    }

    package var description: String { digits }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
