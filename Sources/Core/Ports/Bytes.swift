/// Bytes that are allocated once and shared without copying: a record's value, an answer's body, a document.
///
/// Behind the last byte lie `Bytes.padding` spare ones, because simdjson reads a little past the end.
package struct Bytes: Sendable {
    package static let padding = 64

    /// The bytes and the spare ones.
    private let storage: [UInt8]
    package let count: Int

    /// Allocates room for `count` bytes and lets `fill` write all of them.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        self.count = count
        storage = Array(unsafeUninitializedCapacity: count + Self.padding) { room, initialized in
            fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<count]))
            room[count..<(count + Self.padding)].initialize(repeating: 0)
            initialized = count + Self.padding
        }
    }

    package init(_ buffer: UnsafeRawBufferPointer) {
        self.init(count: buffer.count) { $0.copyMemory(from: buffer) }
    }

    package init(_ array: [UInt8]) { self = array.withUnsafeBytes { Bytes($0) } }

    /// Keeps the array instead of copying it, where it has room for the spare bytes.
    package init(keeping array: consuming [UInt8]) {
        count = array.count
        array.append(contentsOf: repeatElement(0, count: Self.padding))
        storage = array
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package static let empty = Bytes([])

    /// The bytes, for reading in place.
    package var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            _overrideLifetime(storage.span.bytes.extracting(first: count), borrowing: self)
        }
    }

    /// For handing the bytes to C: valid inside the closure only; `Bytes.padding` more bytes may be read.
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try storage.withUnsafeBufferPointer { bytes throws(E) in
            try body(UnsafeRawBufferPointer(start: bytes.baseAddress, count: count))
        }
    }

    package var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// As text; nil where the bytes are not UTF-8.
    package var text: String? { withUnsafeBytes { String(validating: $0.bindMemory(to: UInt8.self), as: UTF8.self) } }

    package var isEmpty: Bool { count == 0 }
}

extension Bytes: Hashable {
    package static func == (left: Bytes, right: Bytes) -> Bool {
        left.count == right.count
            && left.withUnsafeBytes { mine in right.withUnsafeBytes { mine.elementsEqual($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Bytes: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}
