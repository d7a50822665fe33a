import Ports

/// Overwrites what lies behind words, in bytes of which nothing else is known: rather too much than too little.
struct Blot {
    private let words: [[UInt8]]

    /// An empty word lies before everything.
    init(_ words: [String]) { self.words = words.map { $0.utf8.compactMap(Self.letter) } }

    /// Everything behind the first of the words, in place. Words are found in any case of letters, escaped (`\u0054`), in
    /// text of two bytes a character, and with anything between their letters.
    func applied(to content: Bytes) -> Bytes {
        var bytes = content.array
        guard let end = end(in: bytes) else { return content }
        for index in end..<bytes.count { bytes[index] = UInt8(ascii: "*") }
        return Bytes(keeping: bytes)
    }

    /// Where the first of the words ends.
    private func end(in bytes: [UInt8]) -> Int? {
        if words.contains([]) { return 0 }
        var letters: [UInt8] = []
        var ends: [Int] = []
        var index = 0
        while index < bytes.count {
            let (byte, length) = Self.escaped(at: index, in: bytes) ?? (bytes[index], 1)
            index += length
            guard let letter = Self.letter(byte) else { continue }
            letters.append(letter)
            ends.append(index)
        }
        let found = words.compactMap { Self.first($0, in: letters) }.min()
        return found.map { ends[$0] }
    }

    /// The index of the last letter of the first occurrence.
    private static func first(_ word: [UInt8], in letters: [UInt8]) -> Int? {
        guard letters.count >= word.count else { return nil }
        let start = (0...(letters.count - word.count)).first { start in
            letters[start] == word[0] && letters[start..<(start + word.count)].elementsEqual(word)
        }
        return start.map { $0 + word.count - 1 }
    }

    /// Of `\u` and four digits the character, where it is one of ASCII.
    private static func escaped(at index: Int, in bytes: [UInt8]) -> (byte: UInt8, length: Int)? {
        guard index + 5 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] | 0x20 == UInt8(ascii: "u")
        else { return nil }
        let digits = String(decoding: bytes[(index + 2)...(index + 5)], as: UTF8.self)
        guard let value = UInt32(digits, radix: 16) else { return nil }
        return (value < 0x80 ? UInt8(value) : 0, 6)
    }

    /// In lower case; nil for what is neither a letter nor a digit.
    private static func letter(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil  // whatever parts letters
        }
    }
}
