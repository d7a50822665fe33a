/// One of the values that we know, or the console's own text: a value that is new must not be taken for another.
package enum VendorValue<Known: RawRepresentable & Hashable & Sendable>: Hashable, Sendable
where Known.RawValue == String {
    case known(Known)
    case other(String)

    /// Letters' case and the choice between space and underscore differ by route; they say nothing.
    package init(_ text: String) {
        let spoken = Known(rawValue: text) ?? Known(rawValue: text.lowercased().replacing(" ", with: "_"))
        self = spoken.map { .known($0) } ?? .other(text)
    }

    package var text: String {
        switch self {
        case .known(let value): value.rawValue
        case .other(let text): text
        }
    }

    package static func == (value: Self, known: Known) -> Bool { value == .known(known) }
}
