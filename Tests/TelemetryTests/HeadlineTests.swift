import Ports
import Synchronization
import Telemetry
import Testing

@Suite("Headlines") struct HeadlineTests {
    private static let ingest = Headlines(
        by: .console,
        [
            .count(.recordsPublished, "published"), .count(.recordsFiltered, "filtered"), .age(.publishLag, "lag"),
            .rate(.consoleCalls, "calls/s"),
        ])

    private func samples(calls: Double, published: Double = 12_345) -> [Sample] {
        [
            Sample(.recordsPublished, ["eu1", "threats"], published - 5),
            Sample(.recordsPublished, ["eu1", "agents"], 5),
            Sample(.recordsFiltered, ["eu1", "threats", "age"], 210), Sample(.publishLag, ["eu1", "threats"], 3),
            Sample(.publishLag, ["eu1", "agents"], 1), Sample(.consoleCalls, ["eu1", "ok"], calls),
            Sample(.recordsPublished, ["us1", "threats"], 7), Sample(.turns, ["observe"], 99),
        ]
    }

    @Test("sums, rates and ages stand by group, and what nobody told is left out")
    func line() {
        var headlines = Self.ingest
        #expect(headlines.line([], at: .zero) == "")
        #expect(headlines.line([], at: .milliseconds(500)) == "")
        #expect(
            headlines.line(samples(calls: 10), at: .seconds(1))
                == "eu1 12,345 published · 210 filtered · lag 3 s · 10.0 calls/s   us1 7 published")
        #expect(
            headlines.line(samples(calls: 31, published: 1_234_567), at: .seconds(5))
                == "eu1 1,234,567 published · 210 filtered · lag 3 s · 6.2 calls/s   us1 7 published")
    }

    @Test("a rate is that of the last ten seconds, and none where no time has passed")
    func rates() {
        var headlines = Headlines(by: .console, [.rate(.consoleCalls, "calls/s")])
        #expect(headlines.line(samples(calls: 1_000), at: .zero) == "")
        for second in 1...60 {
            let line = headlines.line(
                samples(calls: 1_000 + Double(second) * (second > 30 ? 0 : 2)), at: .seconds(second))
            if second == 20 { #expect(line == "eu1 2.0 calls/s") }
            if second == 60 { #expect(line == "eu1 0.0 calls/s") }
        }
    }

    @Test(
        "ages are in the unit that a person would take",
        arguments: [(0.4, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (400_000, "4 d")])
    func ages(seconds: Double, text: String) {
        var headlines = Headlines(by: .console, [.age(.publishLag, "lag")])
        #expect(headlines.line([Sample(.publishLag, ["eu1", "threats"], seconds)], at: .zero) == "eu1 lag \(text)")
    }

    @Test("a line is never as wide as the terminal", arguments: 1...30)
    func width(width: Int) {
        #expect("ingest  eu1 12,345 published".fitting(width).count < max(width, 2))
        #expect("short".fitting(6) == "short")
    }

    @Test("told lines stand above the live line, which is erased and written anew, and gone at the end")
    func footer() {
        let written = Mutex("")
        let telemetry = Telemetry(level: .info, style: .readable, now: { .zero }) { text in
            written.withLock { $0 += text }
        }
        telemetry.show("eu1 1 published")
        telemetry.show("eu1 1 published")
        telemetry.signals.info("loop.started")
        telemetry.signals.debug("turn.committed")
        telemetry.show("")
        telemetry.signals.info("program.ended")
        let erased = "\r\u{1b}[K"
        #expect(
            written.withLock { $0 }
                == "\(erased)eu1 1 published\(erased)00:00:00.000 info    loop.started            \neu1 1 published"
                + "\(erased)00:00:00.000 info    program.ended           \n")
    }

    @Test("there is no live line where nobody watches")
    func nobody() {
        #expect(Telemetry.liveWidth(environment: ["TERM": "dumb"]) == nil)
        #expect(Telemetry.liveWidth(environment: [:]) == nil)
    }
}
