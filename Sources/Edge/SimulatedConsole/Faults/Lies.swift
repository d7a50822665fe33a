import Ports

/// What a list does to what it shows while it is told to lie. Rows are bytes by then.
struct Lies: Sendable {
    /// What stands in the place of a row: itself, something else, nothing, or it twice.
    func alter(_ row: [UInt8]) -> [[UInt8]] { [row] }

    /// The `nextCursor` to show for the true one, written.
    func cursor(_ cursor: String?) -> [UInt8] { (cursor.map { JSON.text($0) } ?? .null).bytes.array }
}
