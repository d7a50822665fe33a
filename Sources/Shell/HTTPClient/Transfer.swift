import CCurl
import Ports

/// One call: owner of its easy handle, its header list and what has come back so far. Used by the client's thread only.
final class Transfer {
    let call: CallID
    let easy: UnsafeMutableRawPointer
    let expires: ContinuousClock.Instant
    private let request: HTTPRequest
    private let settings: HTTPClientSettings
    private var list: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Whether libcurl said that it is about to write the request; until then nothing can have arrived.
    private var began = false
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var overrun: String?
    /// When this transfer is looked after if nothing comes, and how long after the last time; nil: it cannot stall.
    private(set) var nudgeAt: ContinuousClock.Instant?
    private var patience = Transfer.shortestPatience

    private static let shortestPatience = Duration.milliseconds(100)
    /// A console's headers are below 8 KB; a server that sends more than this is not one.
    private static let headerLimit = 256 << 10

    init(_ request: HTTPRequest, as call: CallID, settings: HTTPClientSettings) throws(HTTPFailure) {
        let url = try RequestLine(request).url
        guard let easy = curl_easy_init() else {
            throw HTTPFailure(.notSent, code: "http.start", detail: "libcurl gave no handle; is memory exhausted?")
        }
        self.call = call
        self.easy = easy
        self.request = request
        self.settings = settings
        expires = ContinuousClock.now + max(request.deadline, .zero)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        var options = Options(easy)
        options.connection(settings)
        options.set(CURLOPT_URL, url)
        options.set(CURLOPT_ERRORBUFFER, errorText)
        list = options.request(request, overHTTP2: isMultiplexed)
        options.receivers(context: Unmanaged.passUnretained(self).toOpaque())
        if let refused = options.refused {
            throw HTTPFailure(
                .notSent, code: "http.start",
                detail: "libcurl refused option \(refused.option) of \(request.method.rawValue) \(request.origin): "
                    + String(cString: curl_easy_strerror(refused.code)))
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(list)
        errorText.deallocate()
    }

    /// What is left of the deadline when the call gets its place on the wire.
    func limit(to rest: Duration) {
        docket_easy_set_long(easy, CURLOPT_TIMEOUT_MS, Int(min(max(rest.wholeMilliseconds, 1), Int64(Int32.max))))
        heard()
    }

    var isWrite: Bool { request.method != .get }

    private var isMultiplexed: Bool { settings.readsOverHTTP2 && !isWrite && request.origin.scheme == .https }

    private func heard() {
        guard isMultiplexed else { return }
        patience = Self.shortestPatience
        nudgeAt = .now + patience
    }

    /// libcurl 7.88 forgets the end of an answer that it has already taken from a shared HTTP/2 connection (measured:
    /// in half of the runs of 60 answers of 3 MB side by side, some lacked their last 1,728 bytes until the deadline).
    /// To stop and go on makes it look at what it has; a transfer that lacks nothing is not harmed.
    func nudge(at now: ContinuousClock.Instant) {
        guard let due = nudgeAt, due <= now else { return }
        curl_easy_pause(easy, CURLPAUSE_RECV)
        curl_easy_pause(easy, CURLPAUSE_CONT)
        patience = patience * 2
        nudgeAt = now + patience
    }

    /// The last look before the request goes out, false when it is too late: whoever was frozen since `start`, or while
    /// the connection was made, must not act on waking up.
    func mayWrite() -> Bool {
        guard ContinuousClock.now < expires else { return false }
        began = true
        return true
    }

    /// False stops the transfer.
    func received(header line: UnsafeRawBufferPointer) -> Bool {
        heard()
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            overrun = "the answer's headers are longer than \(Self.headerLimit) bytes"
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // Another answer begins: what came before it was a 1xx.
            headers = []
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...]
            headers.append((String(text[..<colon]).trimmed, String(value).trimmed))
        }
        return true
    }

    /// False stops the transfer. The bytes are already decompressed, so a small bomb is stopped like a long answer.
    func received(body part: UnsafeRawBufferPointer) -> Bool {
        heard()
        guard body.count + part.count <= request.bodyLimit else {
            overrun = "the answer's body is longer than \(request.bodyLimit) bytes"
            return false
        }
        body.append(contentsOf: part)
        return true
    }

    func result(of code: CURLcode) -> HTTPResult {
        if let overrun { return failed("http.answer_too_large", overrun) }
        if code == CURLE_ABORTED_BY_CALLBACK { return expired() }
        guard code == CURLE_OK else {
            let text = String(cString: errorText)
            return failed(name(of: code), text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
        }
        var status = 0
        docket_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        guard status > 0 else { return failed("http.garbage", "the answer has no status") }
        return .success(HTTPAnswer(status: status, headers: headers, body: Bytes(body)))
    }

    func expired() -> HTTPResult {
        failed("http.timeout", "the deadline of \(request.deadline) passed before it could be sent")
    }

    func failed(_ code: String, _ why: String) -> HTTPResult {
        // libcurl's own texts hold no header; this is the belt to those braces.
        let token = request.authorization?.reveal().split(separator: " ").last.map(String.init)
        let secrets = settings.secrets + [token ?? ""]
        let isSafe = !secrets.contains { !$0.isEmpty && why.contains($0) }
        let safe = isSafe ? why.printable(atMost: 300) : "the reason held a secret and is not shown"
        return .failure(
            HTTPFailure(
                began ? .mayHaveArrived : .notSent, code: code,
                detail: "\(request.method.rawValue) \(request.origin)\(request.path): \(safe)"))
    }

    private func name(of code: CURLcode) -> String {
        var proxyStatus = 0
        docket_easy_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
        // What the proxy said to the wish for a tunnel; through it nothing went yet.
        if !began, proxyStatus >= 300 { return "http.proxy_refused" }
        return switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: "http.no_address"
        case CURLE_COULDNT_CONNECT: "http.no_connection"
        case CURLE_OPERATION_TIMEDOUT: "http.timeout"
        case CURLE_SSL_CACERT_BADFILE: "http.authority_file"
        case CURLE_SSL_CERTPROBLEM: "http.client_certificate"
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION: "http.tls"
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            "http.connection_lost"
        case CURLE_PARTIAL_FILE: "http.partial_answer"
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: "http.garbage"
        default: "http.curl_\(code.rawValue)"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
