import Crypto
import JSONView
import Ports

/// A hash of everything in a record but the fields that change without anything having happened.
enum SteadyDigest {
    private static let volatile: Set<String> = [
        "updatedAt", "lastActiveDate", "lastIpToMgmt", "activeThreats", "cpuUsage", "totalMemory",
    ]

    static func of(_ bytes: Bytes) -> UInt64 {
        guard let members = try? JSONView(parsing: bytes).members else { return SHA256(of: bytes).firstWord }
        var steady: [UInt8] = []
        for (name, value) in members where !volatile.contains(name ?? "") {
            steady += (name ?? "?").utf8
            steady.append(0)
            try? value.withRaw { steady += $0 }
            steady.append(0)
        }
        return SHA256(of: steady).firstWord
    }
}

extension SHA256 {
    /// Never 0, which says that there is none.
    fileprivate var firstWord: UInt64 { max(1, UInt64(hex.prefix(16), radix: 16) ?? 1) }
}

extension String {
    /// An id as a number: the vendor's are decimal numbers of 64 bits; anything else by its hash.
    var asNumber: UInt64 { UInt64(self) ?? UInt64(SHA256(of: self).hex.prefix(16), radix: 16) ?? 0 }
}
