/// A row's JSON text with the places of its members: what is needed to change one and leave every other byte alone.
struct RowText {
    struct Member {
        let path: [String]
        /// Where its quoted name begins.
        let start: Int
        let value: Range<Int>
    }

    private(set) var bytes: [UInt8]
    private(set) var members: [Member] = []

    /// Nil for what is no JSON object: another lie may have been there before.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var index = 0
        guard bytes.first == UInt8(ascii: "{"), readValue(&index, []), index == bytes.count else { return nil }
    }

    /// By a path from the row, or by a name at any depth, outermost first.
    func member(_ field: String) -> Member? {
        let path = field.split(separator: ".").map(String.init)
        if let exact = members.first(where: { $0.path == path }) { return exact }
        guard path.count == 1 else { return nil }
        return members.filter { $0.path.last == field }.min { $0.path.count < $1.path.count }
    }

    func text(_ member: Member) -> ArraySlice<UInt8> { bytes[member.value] }

    /// Puts other bytes in the place of the member's value.
    func replacing(_ member: Member, with value: some Sequence<UInt8>) -> [UInt8] {
        Array(bytes[..<member.value.lowerBound]) + Array(value) + bytes[member.value.upperBound...]
    }

    /// The same for all that `value` gives something for.
    func replacing(where value: (Member, ArraySlice<UInt8>) -> [UInt8]?) -> [UInt8] {
        var result: [UInt8] = []
        var done = 0
        for member in members.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) {
            guard member.value.lowerBound >= done, let new = value(member, text(member)) else { continue }
            result += bytes[done..<member.value.lowerBound] + new
            done = member.value.upperBound
        }
        return result + bytes[done...]
    }

    func without(_ member: Member) -> [UInt8] {
        var (start, end) = (member.start, member.value.upperBound)
        if bytes[end] == UInt8(ascii: ",") {
            end += 1
        } else if bytes[start - 1] == UInt8(ascii: ",") {
            start -= 1
        }
        return Array(bytes[..<start]) + bytes[end...]
    }

    // Rows are written without white space, so none is looked for.
    private mutating func readValue(_ index: inout Int, _ path: [String]) -> Bool {
        guard index < bytes.count else { return false }
        switch bytes[index] {
        case UInt8(ascii: "{"): return readList(&index, path, closing: UInt8(ascii: "}"), isObject: true)
        case UInt8(ascii: "["): return readList(&index, path, closing: UInt8(ascii: "]"), isObject: false)
        case UInt8(ascii: "\""): return readText(&index)
        default:
            let start = index
            while index < bytes.count, !",]}".utf8.contains(bytes[index]) { index += 1 }
            return index > start
        }
    }

    private mutating func readList(_ index: inout Int, _ path: [String], closing: UInt8, isObject: Bool) -> Bool {
        index += 1
        if index < bytes.count, bytes[index] == closing {
            index += 1
            return true
        }
        while index < bytes.count {
            let start = index
            var inner = path
            if isObject {
                guard readText(&index), index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return false }
                inner.append(String(decoding: bytes[start + 1..<index - 1], as: UTF8.self))
                index += 1
            }
            let first = index
            guard readValue(&index, inner), index < bytes.count else { return false }
            if isObject { members.append(Member(path: inner, start: start, value: first..<index)) }
            let end = bytes[index]
            index += 1
            if end == closing { return true }
            guard end == UInt8(ascii: ",") else { return false }
        }
        return false
    }

    private func readText(_ index: inout Int) -> Bool {
        guard bytes[index] == UInt8(ascii: "\"") else { return false }
        index += 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == UInt8(ascii: "\"") {
                index += 1
                return true
            } else {
                index += 1
            }
        }
        return false
    }
}
