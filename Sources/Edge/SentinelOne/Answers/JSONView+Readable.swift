import JSONView
import Ports

// Fields on which nothing depends but a better answer: of another type than expected they count as absent.
extension JSONView {
    var readableText: String? { try? ifPresent?.text }
    /// Text with something in it: consoles write "" where they know nothing.
    var readableWords: String? { readableText.flatMap { $0.isEmpty ? nil : $0 } }
    var readableID: String? { try? ifPresent?.id }
    var readableBool: Bool? { try? ifPresent?.tolerantBool }
    /// Also a number written as text.
    var readableInteger: Int? { (try? ifPresent?.integer) ?? readableText.flatMap { Int($0) } }
    /// A moment that the console knows: 1970 is how it says that it knows none.
    var readableTime: Timestamp? { VendorTime(self)?.timestamp }
    var readableElements: [JSONView] { (try? ifPresent?.elements).map { Array($0) } ?? [] }

    /// Of a list, or of one text in which commas part them.
    var readableTexts: [String] {
        if let text = readableText {
            return text.split(separator: ",").map(\.trimmingSpaces).filter { !$0.isEmpty }
        }
        return readableElements.compactMap(\.readableWords)
    }
}

extension StringProtocol {
    /// Without the spaces and tabs at both ends.
    var trimmingSpaces: String {
        let front = drop { $0 == " " || $0 == "\t" }
        return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
