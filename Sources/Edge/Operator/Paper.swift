import Ports

/// How what is shown must look: a terminal has a width and perhaps colours, a file has neither.
package struct Paper: Sendable, Equatable {
    /// In columns; nil where nothing has to fit.
    package let width: Int?
    package let isColoured: Bool

    package init(width: Int? = nil, isColoured: Bool = false) {
        self.width = width
        self.isColoured = isColoured
    }

    /// What a terminal of this environment wants. `columns` is what the terminal itself says.
    package init(isTerminal: Bool, columns: Int?, environment: [String: String]) {
        guard isTerminal else {
            self.init()
            return
        }
        let told = environment["COLUMNS"].flatMap { Int($0) } ?? columns
        // Narrower than any id: cutting to it would leave nothing to read.
        let width = told.flatMap { $0 >= 20 ? $0 : nil }
        let wantsNone = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        self.init(width: width, isColoured: !wantsNone)
    }
}

/// A piece of text for a person. Whatever it is made of is escaped here, and nowhere else: no foreign text can move
/// the cursor, reorder a line or end it.
struct Cell: ExpressibleByStringInterpolation, Sendable {
    enum Colour: String, Sendable { case good = "32", care = "33", bad = "31" }

    /// Far above any id and any sentence of ours.
    static let limit = 1_000

    let text: String
    let colour: Colour?

    init(_ text: String, _ colour: Colour? = nil) {
        self.text = text.printable(atMost: Self.limit)
        self.colour = colour
    }

    init(stringLiteral text: String) { self.init(text) }

    func shown(on paper: Paper) -> String {
        guard paper.isColoured, let colour else { return text }
        return "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m"
    }

    /// In columns of a terminal, as well as that can be known.
    var width: Int { text.unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// At most so wide; what is cut ends in `…`.
    func cut(to limit: Int) -> Cell {
        guard width > limit else { return self }
        var kept = String.UnicodeScalarView()
        var columns = 1
        for scalar in text.unicodeScalars {
            columns += scalar.columns
            if columns > limit { break }
            kept.append(scalar)
        }
        return Cell(String(kept) + "…", colour)
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch value {
        case 0x300...0x36f, 0x200d, 0xfe00...0xfe0f: 0
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            2
        default: 1  // every other character is one column wide
        }
    }
}

/// Lines of text, written from top to bottom.
struct Page {
    let paper: Paper
    private(set) var text = ""

    init(_ paper: Paper) { self.paper = paper }

    mutating func line(_ cells: Cell...) { line(cells) }

    mutating func line(_ cells: [Cell]) {
        text += cells.map { $0.shown(on: paper) }.joined() + "\n"
    }

    mutating func blank() { text += "\n" }

    /// Labels beside what they say, one per line.
    mutating func fields(_ fields: [(label: String, cells: [Cell])]) {
        let widest = fields.map(\.label.count).max() ?? 0
        for field in fields {
            let gap = String(repeating: " ", count: widest - field.label.count + 2)
            line([Cell(field.label + gap)] + field.cells)
        }
    }

    mutating func table(_ table: Table) { for row in table.lines(in: paper.width) { line(row) } }
}

/// Rows under a head. The first column is what people copy, so it is never cut: where the whole does not fit, it stands
/// on a line of its own with the rest below it.
struct Table {
    private let head: [Cell]
    private let rows: [[Cell]]

    init(_ head: [String], rows: [[Cell]]) {
        self.head = head.map { Cell($0) }
        self.rows = rows
    }

    func lines(in width: Int?) -> [[Cell]] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].width }.max() ?? 0 }
        let whole = widths.reduce(0, +) + 2 * (widths.count - 1)
        guard let width, whole > width else { return all.map { Self.padded($0, widths) } }
        let indent = 4
        return all.flatMap { row in
            [[row[0]]] + [
                [Cell(String(repeating: " ", count: indent))] + Self.squeezed(row, widths, into: width - indent)
            ]
        }
    }

    private static func padded(_ row: [Cell], _ widths: [Int]) -> [Cell] {
        row.enumerated().flatMap { column, cell in
            let gap = column == row.count - 1 ? 0 : widths[column] - cell.width + 2
            return gap == 0 ? [cell] : [cell, Cell(String(repeating: " ", count: gap))]
        }
    }

    /// All but the first column; the one on which the line would run over is cut, and so is what follows it.
    private static func squeezed(_ row: [Cell], _ widths: [Int], into width: Int) -> [Cell] {
        var left = width
        var kept: [Cell] = []
        for (column, cell) in row.enumerated().dropFirst() where left > 0 {
            let shown = cell.cut(to: left)
            kept.append(shown)
            left -= shown.width
            let gap = column == row.count - 1 ? 0 : min(widths[column] - cell.width + 2, left)
            if gap > 0 { kept.append(Cell(String(repeating: " ", count: gap))) }
            left -= gap
        }
        return kept
    }
}
