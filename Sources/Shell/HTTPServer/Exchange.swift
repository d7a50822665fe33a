import CMicroHTTPD
import Ports

/// One request while it comes in: made at its first byte, dropped when libmicrohttpd is through with it. Only the
/// thread of its connection touches it.
final class Exchange {
    private let method: String
    private let path: String
    private let limit: Int
    private var body: [UInt8] = []
    private var discarded = 0

    init(method: String, path: String, limit: Int) {
        self.method = method
        self.path = path
        self.limit = limit
    }

    var isTooLarge: Bool { discarded > 0 }

    /// What is read past the limit and thrown away: an answer given while the client still writes is mostly lost to it,
    /// because the close that follows resets the connection.
    private static let courtesy = 4 << 20

    /// False when the client sends more than even that.
    func receive(_ part: UnsafeRawBufferPointer) -> Bool {
        if body.count + part.count <= limit, discarded == 0 {
            body.append(contentsOf: part)
            return true
        }
        discarded += part.count
        return discarded <= Self.courtesy
    }

    func request(on connection: OpaquePointer) -> ServedRequest {
        ServedRequest(
            method: method, path: path, query: pairs(on: connection, .GET_ARGUMENT_KIND),
            headers: pairs(on: connection, .HEADER_KIND), body: Bytes(body))
    }

    private func pairs(on connection: OpaquePointer, _ kind: MHD_ValueKind) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        withUnsafeMutablePointer(to: &found) { found in
            _ = MHD_get_connection_values_n(
                connection, kind,
                { context, _, name, nameCount, value, valueCount in
                    context?.assumingMemoryBound(to: [(name: String, value: String)].self).pointee.append(
                        (text(name, nameCount), text(value, valueCount)))
                    return .YES
                }, found)
        }
        return found
    }
}

private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
}

/// libmicrohttpd's access handler: called once when the headers are in, once per part of the body, once at its end.
/// `MHD_NO` closes the connection without an answer.
func serveCall(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ path: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ part: UnsafePointer<CChar>?,
    _ partCount: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let path, let method, let partCount, let slot else { return .NO }
    let reception = Unmanaged<Reception>.fromOpaque(context).takeUnretainedValue()
    guard let known = slot.pointee else {
        let exchange = Exchange(
            method: String(cString: method), path: String(cString: path), limit: reception.bodyLimit)
        slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return .YES
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if partCount.pointee > 0 {
        let taken = exchange.receive(UnsafeRawBufferPointer(start: part, count: partCount.pointee))
        partCount.pointee = 0
        return taken ? .YES : .NO
    }
    let delivery = Delivery(connection: connection, reception: reception)
    if exchange.isTooLarge { return delivery.send(.answer(tooLarge(reception.bodyLimit))) }
    return delivery.send(reception.reply(to: exchange.request(on: connection)))
}

/// Called once per exchange, however it ended.
func forgetCall(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ end: MHD_RequestTerminationCode
) {
    guard let slot, let known = slot.pointee else { return }
    slot.pointee = nil
    Unmanaged<Exchange>.fromOpaque(known).release()
}

private func tooLarge(_ limit: Int) -> HTTPAnswer {
    HTTPAnswer(status: 413, headers: [("Content-Type", "text/plain")], body: Bytes("at most \(limit) bytes\n"))
}

/// Called when a connection begins and when it ends.
func noteConnection(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
    guard let context, code == .CONNECTION_NOTIFY_STARTED else { return }
    Unmanaged<Reception>.fromOpaque(context).takeUnretainedValue().connected()
}
