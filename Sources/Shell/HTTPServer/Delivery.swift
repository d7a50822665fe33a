import CMicroHTTPD
import Foundation
import Ports

// How an answer leaves, and how one leaves that no honest server would send.

/// A body on its way out, read piece by piece from bytes that nobody copies first. Kept by its response.
final class BodyReader {
    /// How the body is told to the client, and where it ends.
    enum Form {
        case whole
        case cut(after: Int)
        case drip(bytes: Int, every: Duration)
        case endless
    }

    private let body: Bytes
    private let form: Form
    private let reception: Reception

    init(_ body: Bytes, _ form: Form, _ reception: Reception) {
        self.body = body.isEmpty && form.isEndless ? Bytes([0]) : body
        self.form = form
        self.reception = reception
    }

    /// What the client is told to expect; without a number it gets chunks.
    var announced: UInt64 { form.isEndless ? UInt64.max : UInt64(body.count) }

    /// How many bytes were put into the room, or one of libmicrohttpd's two ways to end.
    func read(at position: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
        var count = min(room.count, body.count - position)
        switch form {
        case .whole: break
        case .cut(let limit):
            count = min(count, limit - position)
            if count <= 0 { return Self.broken }
        case .drip(let bytes, let pause):
            count = min(count, max(bytes, 1))
            if position > 0, !reception.rest(pause) { return Self.broken }
        case .endless: return reception.isClosed ? Self.broken : fill(room, at: position)
        }
        guard count > 0 else { return Self.over }
        copy(from: position, to: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
        return count
    }

    /// With the body again and again.
    private func fill(_ room: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
        var filled = 0
        while filled < room.count {
            let start = (position + filled) % body.count
            let count = min(body.count - start, room.count - filled)
            copy(from: start, to: UnsafeMutableRawBufferPointer(rebasing: room[filled..<filled + count]))
            filled += count
        }
        return filled
    }

    private func copy(from start: Int, to room: UnsafeMutableRawBufferPointer) {
        body.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + room.count]))
        }
    }

    static let over = Int(MHD_CONTENT_READER_END_OF_STREAM)
    static let broken = Int(MHD_CONTENT_READER_END_WITH_ERROR)
}

extension BodyReader.Form {
    fileprivate var isEndless: Bool { if case .endless = self { true } else { false } }
}

/// One exchange's way out, on the thread of its connection.
struct Delivery {
    let connection: OpaquePointer
    let reception: Reception

    /// A body up to this is copied and leaves in one packet with its headers.
    private static let small = 16 << 10
    private static let piece = 128 << 10

    /// `MHD_NO` closes the connection.
    func send(_ outcome: ServedReply.Outcome) -> MHD_Result {
        switch outcome {
        case .answer(let answer) where answer.body.count <= Self.small: return send(copying: answer)
        case .answer(let answer): return send(answer, as: .whole)
        case .cut(let answer, let limit): return send(answer, as: .cut(after: limit))
        case .drip(let answer, let bytes, let pause): return send(answer, as: .drip(bytes: bytes, every: pause))
        case .endless(let answer): return send(answer, as: .endless)
        case .drop: return .NO
        case .raw(let bytes):
            send(raw: bytes)
            return .NO
        case .misstated(let answer, let length):
            send(raw: Bytes(answer.head(announcing: length) + answer.body.array))
            return .NO
        }
    }

    private func send(copying answer: HTTPAnswer) -> MHD_Result {
        let response = answer.body.withUnsafeBytes {
            MHD_create_response_from_buffer(
                $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
        }
        return queue(response, answer)
    }

    private func send(_ answer: HTTPAnswer, as form: BodyReader.Form) -> MHD_Result {
        let reader = BodyReader(answer.body, form, reception)
        let context = Unmanaged.passRetained(reader)
        let response = MHD_create_response_from_callback(
            reader.announced, Self.piece,
            { context, position, room, count in
                guard let context, let room else { return BodyReader.broken }
                return Unmanaged<BodyReader>.fromOpaque(context).takeUnretainedValue()
                    .read(at: Int(position), into: UnsafeMutableRawBufferPointer(start: room, count: count))
            },
            context.toOpaque(),
            { context in
                if let context { Unmanaged<BodyReader>.fromOpaque(context).release() }
            })
        if response == nil { context.release() }
        return queue(response, answer)
    }

    private func queue(_ response: OpaquePointer?, _ answer: HTTPAnswer) -> MHD_Result {
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        // Refused headers (a line break in a value) are a defect of the handler: no answer rather than half of one.
        for (name, value) in answer.headers where MHD_add_response_header(response, name, value) != .YES { return .NO }
        return MHD_queue_response(connection, UInt32(clamping: answer.status), response)
    }

    /// Until all is out, the client is gone, or the server closes.
    private func send(raw bytes: Bytes) {
        var sent = 0
        while sent < bytes.count, !reception.isClosed {
            let count = bytes.withUnsafeBytes {
                docket_mhd_send(connection, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            if count < 0 { return }
            sent += count
            var end = pollfd(fd: docket_mhd_socket(connection), events: Int16(POLLOUT), revents: 0)
            if count == 0 { poll(&end, 1, 100) }
        }
    }
}

extension HTTPAnswer {
    /// Status line and headers as they go over the wire, with a length that need not be true.
    fileprivate func head(announcing length: Int) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status) -", "Content-Length: \(length)"] + headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
