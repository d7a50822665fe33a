import Ports

extension SimulatedConsole {
    /// The answer to a call, with what is going wrong at the moment.
    mutating func reply(to request: ServedRequest, _ operation: Operation, _ parts: [String]) -> Reply {
        calls.note(operation, at: now)
        if let refused = overLimit(request, operation) { return refused }
        var (failure, lies) = strike(operation)
        lies?.requestCursor = request.query.first { $0.name == "cursor" }?.value
        guard let failure else {
            return Reply(.answer(result(of: request, operation, parts, nil, lies)))
        }
        if let instead = inPlace(of: request, operation, failure) {
            noteRefused(operation, request, status: instead.status)
            return Reply(.answer(instead))
        }
        if failure.kind == .loseRequest { return Reply(.lost) }
        let answer = result(of: request, operation, parts, failure, lies)
        return damaged(answer, failure)
    }

    /// What is answered by a failure that keeps the call from being carried out.
    private func inPlace(of request: ServedRequest, _ operation: Operation, _ fault: Fault) -> HTTPAnswer? {
        switch fault.kind {
        case .status(let status, let sheet): return answer(.fault(status), on: sheet)
        case .tooMany(let retryAfter, let sheet):
            return answer(.tooMany, on: sheet, adding: retryAfter.map { [("Retry-After", $0)] } ?? [])
        case .forbidden(.permission): return answer(.insufficientPermissions)
        case .forbidden(.scope): return answer(.outOfScope("account"))
        case .forbidden(.licence): return answer(.notLicensed)
        case .redirect(let status, let place):
            return answer(.fault(status), on: .empty, adding: [("Location", place)])
        case .expiredCursor:
            let hasCursor = request.query.contains { $0.name == "cursor" && !$0.value.isEmpty }
            return hasCursor ? answer(.invalid("cursor: Has expired.")) : nil
        case .unauthorizedForForbidden:
            do throws(Refusal) { _ = try admitted(request, to: operation) } catch {
                if error.status == 403 { return answer(.authenticationFailed) }
            }
            return nil
        case .loseReply, .loseRequest, .statusAfterEffect, .effectLate, .slow, .errorsBeside, .affected, .cutBody,
            .slowDrip,
            .wrongLength, .emptyBody, .gzipBomb, .garbage, .lie:
            return nil
        }
    }

    /// What becomes of the true answer on its way. The truth counts as shown only what arrives whole.
    private mutating func damaged(_ answer: HTTPAnswer, _ fault: Fault) -> Reply {
        func with(_ body: Bytes, _ more: [(name: String, value: String)] = []) -> HTTPAnswer {
            HTTPAnswer(status: answer.status, headers: answer.headers + more, body: body)
        }
        let count = answer.body.count
        switch fault.kind {
        case .loseReply: return hidden(.lost)
        case .statusAfterEffect(let status, let sheet): return hidden(.answer(self.answer(.fault(status), on: sheet)))
        case .slow: return Reply(.answer(answer), delay: fault.delay ?? .seconds(1))
        case .errorsBeside:
            guard let body = JSON(answer.body), let errors = Refusal.fault(500).body["errors"] else {
                return Reply(.answer(answer))
            }
            return Reply(.answer(with(body.with(["errors": errors]).bytes)))
        case .affected(let count):
            guard operationCounts(answer) else { return Reply(.answer(answer)) }
            let data: JSON = .object(count.map { ["affected": .number(Int64($0))] } ?? [:])
            return Reply(.answer(with(JSON.object(["data": data]).bytes)))
        case .cutBody(let bytes): return hidden(.cut(answer, after: min(bytes, max(count - 1, 0))))
        case .slowDrip(let bytes, let pause): return Reply(.drip(answer, bytes: bytes, every: pause))
        case .wrongLength(let difference):
            return hidden(.misstated(answer, length: max(count + (difference == 0 ? 1 : difference), 0)))
        case .emptyBody: return hidden(.answer(with(.empty)))
        case .gzipBomb(let size): return hidden(.answer(with(GzipBomb.bytes(size), [("Content-Encoding", "gzip")])))
        case .garbage: return hidden(.raw(garbage))
        case .status, .tooMany, .forbidden, .redirect, .expiredCursor, .unauthorizedForForbidden, .loseRequest,
            .effectLate, .lie:
            return Reply(.answer(answer))
        }
    }

    /// Whether it tells how many objects were changed.
    private func operationCounts(_ answer: HTTPAnswer) -> Bool { JSON(answer.body)?["data"]?["affected"] != nil }

    private mutating func hidden(_ outcome: Reply.Outcome) -> Reply {
        shown.settle(shown: false)
        return Reply(outcome)
    }

    private var garbage: Bytes {
        var dice = Dice(settings.seed, 5_000_000_000 + requests)
        return Bytes((0..<512).map { _ in UInt8(truncatingIfNeeded: dice.roll()) })
    }

    /// 429, where the caller calls more often than is published and the console minds. It is counted in any case.
    private mutating func overLimit(_ request: ServedRequest, _ operation: Operation) -> Reply? {
        let caller = caller(of: request, operation)?.id ?? 0
        guard let wait = buckets.take(RateLimit.of(operation), by: caller, at: now) else { return nil }
        calls.noteOverLimit(operation)
        guard let form = settings.rateLimits else { return nil }
        noteRefused(operation, request, status: 429)
        let seconds = String((wait.wholeMicroseconds + 999_999) / 1_000_000)
        let header = form.retryAfter == "seconds" ? seconds : form.retryAfter
        let headers = header == "none" ? [] : [("Retry-After", header)]
        return Reply(.answer(answer(.tooMany, on: form.body == .html ? .html : .json, adding: headers)))
    }
}

extension SimulatedConsole {
    func answer(
        _ refusal: Refusal, on sheet: Fault.Sheet = .json, adding more: [(name: String, value: String)] = []
    ) -> HTTPAnswer {
        let title = "\(refusal.status) \(refusal.title)"
        let (type, text) =
            switch sheet {
            case .json: ("application/json", "")
            case .html:
                (
                    "text/html",
                    "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
                        + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
                )
            case .login:
                (
                    "text/html; charset=utf-8",
                    "<!doctype html><html><head><title>Sign in</title></head><body><form method=\"post\" "
                        + "action=\"/login\"><input name=\"email\"><input name=\"password\" type=\"password\">"
                        + "</form></body></html>\n"
                )
            case .text: ("text/plain; charset=utf-8", title + "\n")
            case .empty: ("text/plain", "")
            }
        return HTTPAnswer(
            status: refusal.status, headers: headers(type) + more,
            body: sheet == .json ? refusal.body.bytes : Bytes(text))
    }
}
