import JSONView
import Ports
import SentinelOne

/// What `docket check --connect` found out, for people and for scripts. No token is in it.
package struct ConnectReport: Sendable {
    struct Part: Sendable {
        let console: String
        let url: String
        let use: TokenUse
        /// nil where the token's file cannot be read, for that reason.
        let report: ConsoleReport?
        let fault: String?
    }

    let parts: [Part]

    init(_ parts: [Part]) { self.parts = parts }

    /// 0 all is well; 1 something stops the work; 64 a token's file cannot be read; where `strict`, 2 something is to be
    /// looked after.
    package func exitCode(strict: Bool) -> Int32 {
        if parts.contains(where: { $0.fault != nil }) { return Complaint.Kind.usage.rawValue }
        let weights = parts.flatMap { $0.report?.troubles ?? [] }.map(\.weight)
        if weights.contains(.stops) { return Complaint.Kind.refused.rawValue }
        return strict && weights.contains(.warns) ? 2 : 0
    }

    package func text(on paper: Paper) -> String {
        var page = Page(paper)
        for (index, part) in parts.enumerated() {
            if index > 0 { page.blank() }
            page.line("\(part.console) \(part.use.rawValue)  \(part.url)")
            if let fault = part.fault { page.line("  ", Cell("problem", .bad), ": \(fault)") }
            guard let report = part.report else { continue }
            page.fields(report.fields.map { (label: "  \($0.label)", cells: $0.cells) })
            for trouble in report.troubles {
                let word = trouble.weight == .stops ? Cell("problem", .bad) : Cell("warning", .care)
                page.line("  ", word, ": \(trouble.sentence)")
                page.line("    remedy: \(trouble.remedy)")
            }
        }
        let troubles = parts.flatMap { $0.report?.troubles ?? [] }
        if troubles.isEmpty, parts.allSatisfy({ $0.fault == nil }) { page.line(Cell("all is well", .good)) }
        return page.text
    }
}

extension ConsoleReport {
    fileprivate typealias Field = (label: String, cells: [Cell])

    /// Of a token that is not accepted nothing else is known, for that one reason.
    fileprivate var fields: [Field] {
        let outer: [Field] = [("reachable", [reachCell]), ("token", [lifeCell]), ("expires", [expiryCell])]
        return outer + (life == .alive ? inner : []) + [("clock", [cell(skew) { $0.words }])]
    }

    private var inner: [Field] {
        let needs = TokenNeed.all(of: use)
        let may = needs.filter { ability($0) == .may }.map(\.deed)
        let lacking = needs.compactMap { need in
            if case .mayNot = ability(need) { "\(need.deed) (\(need.permission))" } else { nil }
        }
        let open = needs.filter { if case .unknown = ability($0) { true } else { false } }.map(\.deed)
        var fields: [Field] = [
            ("role", [cell(roles) { $0.joined(separator: ", ") }]),
            ("scope", [cell(scope) { $0.words }]), ("streams", streamCells),
            ("may", [Cell(may.isEmpty ? "nothing that is known" : may.joined(separator: ", "))]),
        ]
        if !lacking.isEmpty { fields.append(("may not", [Cell(lacking.joined(separator: ", "))])) }
        if !open.isEmpty, let why = permissions.why {
            fields.append(("not known", [Cell("whether it may \(open.joined(separator: ", ")): \(why)")]))
        }
        return fields
    }

    private func cell<Value>(_ learned: Learned<Value>, _ words: (Value) -> String) -> Cell {
        switch learned {
        case .known(let value): Cell(words(value))
        case .unknown(let why): Cell("not known: \(why)", .care)
        }
    }

    private var reachCell: Cell {
        let version = version.value.map { ", \($0)" } ?? ""
        return switch reach {
        case .well: Cell("yes\(version)", .good)
        case .unwell(let words): Cell("yes\(version), and says \(words)", .care)
        case .doubtful(let why): Cell("something answers\(version): \(why)", .care)
        case .unreached(let why): Cell("no: \(why)", .bad)
        }
    }

    private var lifeCell: Cell {
        let whose = holder.value.map { ", of \($0.words)" } ?? ""
        return switch life {
        case .alive: Cell("alive\(whose)", .good)
        case .dead(let why): Cell("not accepted\(whose): \(why)", .bad)
        case .unknown(let why): Cell("not known\(whose): \(why)", .care)
        }
    }

    private var expiryCell: Cell {
        switch expiry {
        case .unknown(let why): return Cell("not known: \(why)", .care)
        case .known(let expiry):
            let left = expiry.at - at
            let when = left > .zero ? "in \(left.inWords)" : "\(left.inWords) ago"
            let isNear = left <= .seconds(86_400 * Self.warningDays)
            return Cell(
                "\(when), at \(expiry.at), says \(expiry.source.words)", left <= .zero ? .bad : isNear ? .care : .good)
        }
    }

    private var streamCells: [Cell] {
        use.streams.enumerated().flatMap { index, stream -> [Cell] in
            guard let answer = streams[stream] else { return [] }
            let colour: Cell.Colour? =
                switch answer {
                case .open: .good
                case .refused: .bad
                case .failed, .unasked: .care
                }
            return [Cell("\(index > 0 ? ", " : "")\(stream) "), Cell(answer.word, colour)]
        }
    }
}

extension ConsoleReport.Holder {
    fileprivate var words: String {
        let kind =
            switch self.kind {
            case .known(.serviceUser): " (service user)"
            case .known(.user): " (user)"
            case .unknown: ""
            }
        return (name ?? id ?? "somebody") + kind
    }
}

extension ConsoleReport.Scope {
    fileprivate var words: String {
        let level = level == .tenant ? "global" : level.text
        let names = places.compactMap { $0.name ?? $0.id }
        return level == "global" || names.isEmpty ? level : "\(level) \(names.joined(separator: ", "))"
    }
}

extension ClockSkew {
    fileprivate var words: String {
        func seconds(_ duration: Duration) -> String {
            let tenths = (abs(duration.wholeMilliseconds) + 50) / 100
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let side = skew > .zero ? "ahead of" : "behind"
        return "ours is \(seconds(skew)) \(side) the console's, give or take \(seconds(uncertainty))"
    }
}

extension ConsoleReport.StreamAnswer {
    /// What a list answered, in one word or two.
    var word: String {
        switch self {
        case .open: "ok"
        case .unasked: "not asked"
        case .failed: "failed"
        case .refused(let problem):
            switch problem.kind {
            case .unauthenticated: "401"
            case .permission: "403 permission"
            case .scope: "403 scope"
            case .licence: "403 licence"
            case .absent: "not there"
            case .rejected, .unreachable, .throttled, .cursor, .console, .unintelligible: "refused"
            }
        }
    }

    var detail: String? {
        switch self {
        case .open: nil
        case .unasked(let why): why
        case .failed(let problem), .refused(let problem): problem.detail
        }
    }
}
