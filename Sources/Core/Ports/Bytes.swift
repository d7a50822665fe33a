/// Bytes that are allocated once and shared without copying: a record's value, an answer's body, a document.
///
/// Behind the last byte lie `Bytes.padding` spare ones, because simdjson reads a little past the end.
package struct Bytes: Sendable {
    package static let padding = 64

    private final class Storage: Sendable {
        // Written only while it is made, before anybody else can see it; read-only ever after.
        nonisolated(unsafe) let base: UnsafeMutableRawPointer

        init(count: Int) {
            base = .allocate(byteCount: count + Bytes.padding, alignment: 16)
            (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: Bytes.padding)
        }

        deinit { base.deallocate() }
    }

    private let storage: Storage
    package let count: Int

    /// Allocates room for `count` bytes and lets `fill` write all of them.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        self.count = count
        storage = Storage(count: count)
        fill(UnsafeMutableRawBufferPointer(start: storage.base, count: count))
    }

    package init(_ buffer: UnsafeRawBufferPointer) {
        self.init(count: buffer.count) { $0.copyMemory(from: buffer) }
    }

    package init(_ array: [UInt8]) { self = array.withUnsafeBytes { Bytes($0) } }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    package static let empty = Bytes([])

    /// The bytes, for reading in place.
    package var span: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            _overrideLifetime(RawSpan(_unsafeStart: UnsafeRawPointer(storage.base), byteCount: count), borrowing: self)
        }
    }

    /// For handing the bytes to C: valid inside the closure only; `Bytes.padding` more bytes may be read.
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: storage.base, count: count))
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
