import CCurl
import Ports

/// Sets an easy handle's options and remembers the first that libcurl refused: a call that lacks one is never sent.
struct Options {
    private let easy: UnsafeMutableRawPointer
    private(set) var refused: (option: CURLoption.RawValue, code: CURLcode)?

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(option, docket_easy_set_long(easy, option, value))
    }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, _ value: String) {
        note(option, docket_easy_set_text(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        note(option, docket_easy_set_pointer(easy, option, value))
    }

    /// What every call has in common.
    mutating func connection(_ settings: HTTPClientSettings) {
        // Signals would interrupt whatever thread they like; name look-ups have their own time limit without them.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout.wholeMilliseconds))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.certificateAuthorityFile { set(CURLOPT_CAINFO, file) }
        if let certificate = settings.clientCertificate { present(certificate) }
        way(through: settings.proxy)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_ACCEPT_ENCODING, "gzip")
        set(CURLOPT_USERAGENT, settings.userAgent)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // An answer of 3 MB in fewer pieces; and see `Transfer.nudge`, which is needed hardly ever with this much room.
        set(CURLOPT_BUFFERSIZE, 128 << 10)
    }

    private mutating func way(through proxy: HTTPClientSettings.Proxy?) {
        // Empty, not absent: absent means "what the environment says".
        set(CURLOPT_PROXY, proxy.map { "http://\(RequestLine.authority($0.host, $0.port))" } ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Asked for a tunnel also to a server without TLS, and without our headers: the token is not for the proxy.
        set(CURLOPT_HTTPPROXYTUNNEL, 1)
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        guard let credentials = proxy?.credentials?.reveal(), let colon = credentials.firstIndex(of: ":") else {
            return
        }
        // Only the scheme that is sent unasked: with another, libcurl would repeat its request.
        set(CURLOPT_PROXYAUTH, docket_auth_basic)
        // Percent-encoded, because libcurl decodes what it is given here.
        set(CURLOPT_PROXYUSERNAME, RequestLine.encoded(String(credentials[..<colon])))
        set(CURLOPT_PROXYPASSWORD, RequestLine.encoded(String(credentials[credentials.index(after: colon)...])))
    }

    private mutating func present(_ certificate: HTTPClientSettings.ClientCertificate) {
        set(CURLOPT_SSLCERTTYPE, "PEM")
        set(CURLOPT_SSLCERT, certificate.file)
        set(CURLOPT_SSLKEYTYPE, "PEM")
        let key = Array(certificate.key.reveal().utf8)
        note(CURLOPT_SSLKEY_BLOB, docket_easy_set_blob(easy, CURLOPT_SSLKEY_BLOB, key, key.count))
        // Also where there is none: without it OpenSSL would ask on the terminal.
        set(CURLOPT_KEYPASSWD, certificate.passphrase?.reveal() ?? "")
    }

    /// Method, headers and body. Returns the header list, which must live as long as the handle.
    mutating func request(
        _ request: HTTPRequest, overHTTP2 mayMultiplex: Bool
    ) -> UnsafeMutablePointer<curl_slist>? {
        if request.method == .get {
            set(CURLOPT_HTTPGET, 1)
            set(CURLOPT_HTTP_VERSION, Int(mayMultiplex ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
            // Reads that come while the first connection is being made wait whether it can be shared. Without TLS they
            // would wait for its first answer, for there is nothing else to tell it.
            set(CURLOPT_PIPEWAIT, mayMultiplex ? 1 : 0)
        } else {
            write(request)
        }
        return headers(of: request)
    }

    /// libcurl repeats a request by itself in two cases, and in both the server may have carried out the first copy:
    /// when a kept connection dies before the first byte of the answer, and when an HTTP/2 server refuses the stream
    /// (RST_STREAM with REFUSED_STREAM, or GOAWAY with a lower stream number: a promise of the server, nothing more).
    /// A write therefore shares no connection, for a new one has no such retry, and speaks HTTP/1.1, which has no
    /// streams to refuse.
    private mutating func write(_ request: HTTPRequest) {
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
        set(CURLOPT_POST, 1)
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        let body = request.body ?? .empty
        note(
            CURLOPT_POSTFIELDSIZE_LARGE,
            docket_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        let copied = body.withUnsafeBytes {
            docket_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
        note(CURLOPT_COPYPOSTFIELDS, copied)
    }

    private mutating func headers(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        // Without these two libcurl would ask before sending a long body (and repeat the request when told 417), and
        // would call a body without a type a form.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        // A semicolon is how libcurl is told of a header with nothing in it.
        lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if let authorization = request.authorization { lines.append("Authorization: \(authorization.reveal())") }
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                note(CURLOPT_HTTPHEADER, CURLE_OUT_OF_MEMORY)
                break
            }
            list = longer
        }
        note(CURLOPT_HTTPHEADER, docket_easy_set_list(easy, CURLOPT_HTTPHEADER, list))
        return list
    }

    /// The callbacks; `context` is the transfer, which owns the handle and so outlives its callbacks.
    mutating func receivers(context: UnsafeMutableRawPointer) {
        set(CURLOPT_WRITEDATA, context)
        set(CURLOPT_HEADERDATA, context)
        set(CURLOPT_PREREQDATA, context)
        note(
            CURLOPT_WRITEFUNCTION,
            docket_easy_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                receive(bytes, size * count, context) { $0.received(body: $1) }
            })
        note(
            CURLOPT_HEADERFUNCTION,
            docket_easy_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                receive(bytes, size * count, context) { $0.received(header: $1) }
            })
        note(
            CURLOPT_PREREQFUNCTION,
            docket_easy_set_prereq(easy) { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                let mayWrite = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().mayWrite()
                return mayWrite ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            })
    }

    private mutating func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, refused == nil { refused = (option.rawValue, code) }
    }
}

/// Zero for non-empty input makes libcurl stop the transfer.
private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (Transfer, UnsafeRawBufferPointer) -> Bool
) -> Int {
    guard let context, count > 0 else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}
