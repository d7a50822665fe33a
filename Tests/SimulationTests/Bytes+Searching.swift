import Contracts
import Foundation
import Ports

extension RowReader {
    static func content(of bytes: Bytes) -> Int {
        var reader = RowReader()
        return reader.row(bytes, of: .agents).content
    }
}

extension Bytes {
    func contains(_ other: Bytes) -> Bool {
        withUnsafeBytes { mine in
            other.withUnsafeBytes { Data(mine).range(of: Data($0)) != nil }
        }
    }

    static func + (left: Bytes, right: String) -> Bytes { Bytes(left.array + right.utf8) }
}
