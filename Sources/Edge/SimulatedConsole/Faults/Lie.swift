import Ports

/// One way in which a list tells something else than what is.
struct Lie: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case fieldNull = "field-null"
        case fieldMissing = "field-missing"
        case fieldExtra = "field-extra"
        case fieldRetyped = "field-retyped"
        case numericIDs = "numeric-ids"
        case textFlags = "text-flags"
        case joinedAddresses = "joined-addresses"
        case timeAtEpoch = "time-1970"
        case timeFarAhead = "time-far-future"
        case timeBackwards = "time-backwards"
        case invalidUTF8 = "invalid-utf8"
        case loneSurrogate = "lone-surrogate"
        case nulByte = "nul"
        case longText = "long-text"
        case deepNesting = "deep-nesting"
        case duplicateKey = "duplicate-key"
        case unknownValue = "unknown-value"
        case duplicateRow = "duplicate-row"
        case withheldRow = "withheld-row"
        case cursorLoop = "cursor-loop"
        case cursorForeign = "cursor-foreign"
        case cursorNull = "cursor-null"
        case cursorEmpty = "cursor-empty"
        case cursorNullText = "cursor-null-text"
        case noPagination = "no-pagination"
        case pageShift = "page-shift"
    }

    let kind: Kind
    /// The member it is about: a path (`threatInfo.updatedAt`), or a name that is looked for at every depth.
    let field: String
    /// Which share of the rows it meets, in percent.
    let rows: Int
    /// How long a text, how deep a nesting, how many rows.
    let count: Int

    init(_ name: String, _ section: inout SettingsSection) {
        guard let kind = Kind(rawValue: name) else {
            // The name is already complained about.
            (kind, field, rows, count) = (.fieldNull, "", 0, 0)
            return
        }
        self.kind = kind
        switch kind {
        case .fieldNull, .fieldMissing, .fieldRetyped, .timeAtEpoch, .timeFarAhead, .timeBackwards, .duplicateKey:
            field = section.text("field", default: "updatedAt")
        case .invalidUTF8, .loneSurrogate, .nulByte, .longText, .deepNesting, .unknownValue:
            field = section.text("field")
        case .fieldExtra, .numericIDs, .textFlags, .joinedAddresses, .duplicateRow, .withheldRow, .cursorLoop,
            .cursorForeign, .cursorNull, .cursorEmpty, .cursorNullText, .noPagination, .pageShift:
            field = ""
        }
        switch kind {
        case .longText: count = section.integer("bytes", default: 10 << 20, in: 1...1 << 28)
        case .deepNesting: count = section.integer("depth", default: 10_000, in: 1...1_000_000)
        case .pageShift: count = section.integer("count", default: 1, in: 1...1_000)
        default: count = 0  // the other kinds have no size
        }
        switch kind {
        case .cursorLoop, .cursorForeign, .cursorNull, .cursorEmpty, .cursorNullText, .noPagination, .pageShift:
            rows = 100
        default: rows = section.integer("rows", default: 100, in: 1...100)  // what meets rows may meet some of them
        }
    }
}
