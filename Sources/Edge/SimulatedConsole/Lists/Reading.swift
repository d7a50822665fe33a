import Ports

/// What a parameter's text says, or the sentence that refuses it.
enum Reading {
    /// The lowest id that a console gives.
    static let lowestID: Int64 = 100_000_000_000_000_000

    static func list(_ name: String, _ text: String, upTo maximum: Int) throws(Refusal) -> [String] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= maximum else { throw .invalid("\(name): Longer than maximum length \(maximum).") }
        guard !parts.contains("") else { throw .invalid("\(name): Field may not be blank.") }
        return parts
    }

    static func ids(_ name: String, _ text: String, upTo maximum: Int) throws(Refusal) -> Set<Int64> {
        var ids: Set<Int64> = []
        for part in try list(name, text, upTo: maximum) {
            guard let id = Int64(part), id >= lowestID else { throw .invalid("\(name): Not a valid identifier.") }
            ids.insert(id)
        }
        return ids
    }

    static func choices(
        _ name: String, _ text: String, of known: [String]?, upTo maximum: Int
    ) throws(Refusal) -> Set<String> {
        let wanted = try list(name, text, upTo: maximum)
        if let known, let odd = wanted.first(where: { !known.contains($0) }) {
            throw .invalid("\(name): \(odd) is not a valid choice.")
        }
        return Set(wanted)
    }

    static func flag(_ text: String) -> Bool? { ["true": true, "false": false][text.lowercased()] }

    static func flags(_ name: String, _ text: String, upTo maximum: Int) throws(Refusal) -> Set<Bool> {
        var flags: Set<Bool> = []
        for part in try list(name, text, upTo: maximum) {
            guard let flag = flag(part) else { throw .invalid("\(name): Not a valid boolean.") }
            flags.insert(flag)
        }
        return flags
    }

    static func time(_ name: String, _ text: String) throws(Refusal) -> Int64 {
        guard let time = Timestamp(iso: text) else { throw .invalid("\(name): Not a valid datetime.") }
        return time.microseconds
    }

    static func integer(_ name: String, _ text: String) throws(Refusal) -> Int64 {
        guard let number = Int32(text) else { throw .invalid("\(name): Not a valid integer.") }
        return Int64(number)
    }

    /// Two numbers with a dash between.
    static func pair(_ name: String, _ text: String) throws(Refusal) -> (Int64, Int64) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int64(parts[0]), let last = Int64(parts[1]), first >= 0, first <= last
        else {
            throw .invalid("\(name): Not a valid range.")
        }
        return (first, last)
    }

    /// `25.2.1.108` as numbers, to be compared as such.
    static func version(_ text: String) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        return parts.contains(nil) ? nil : parts.compactMap { $0 }
    }

    static func isBefore(_ left: [Int], _ right: [Int]) -> Bool { left.lexicographicallyPrecedes(right) }
}

/// Words to be found anywhere in a text, in any case of letters.
struct Words: Sendable {
    private let words: [[UInt8]]

    init(_ words: [String]) { self.words = words.map { $0.utf8.map(Self.lowered) } }

    func occur(in text: String) -> Bool {
        let text = text.utf8.map(Self.lowered)
        return words.contains { word in
            guard word.count <= text.count else { return false }
            return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
        }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 0x20 : byte }
}
