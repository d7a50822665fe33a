import Ports
import Synchronization
import Telemetry
import Testing

@Suite("Meters and their text") struct MeterTests {
    private static let hostile = [
        "eu1", "", "a \"quoted\" one", "back\\slash", "line\nfeed", "\\n", "\\\"", "comma,={}", "ümläut 🂡", "# EOF",
    ]

    @Test("every metric is told with type, unit and help, and read back by the specification", arguments: hostile)
    func text(value: String) throws {
        let book = MeterBook()
        for metric in Metric.allCases {
            let labels = metric.labels
            var measure = Measure(metric, metric.kind == .counter ? .add(2.5) : .set(-2.5))
            measure = measure.adding(labels.map { ($0, value) })
            book.meters.tell(measure)
        }
        let read = try OpenMetricsText(Exposition.openMetrics.text(book.samples))
        #expect(read.families.count == Metric.allCases.count)
        for metric in Metric.allCases {
            let family = try #require(read.families[metric.name])
            #expect(family.type == metric.kind.rawValue)
            #expect(family.unit == metric.unit?.rawValue ?? "")
            #expect(family.help == metric.help)
            let sample = try #require(family.samples.first)
            #expect(sample.value == (metric.kind == .counter ? 2.5 : -2.5))
            let labels =
                value.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: metric.labels.map { ($0.rawValue, value) })
            #expect(sample.labels == labels)
        }
    }

    @Test(
        "numbers of every size are read back as they were",
        arguments: [0, 1, 0.1, 1e-9, 123_456_789, 1_795_256_131.804411, 8.9e15, 9e15, 1e300, 1e-300])
    func numbers(value: Double) throws {
        let text = Exposition.openMetrics.text([Sample(.publishLag, ["eu1", "threats"], value)])
        #expect(try OpenMetricsText(text).families["docket_publish_lag_seconds"]?.samples.first?.value == value)
    }

    @Test("a book without a series is still whole, and the older format names counters with their ending")
    func forms() throws {
        #expect(try OpenMetricsText(Exposition.openMetrics.text([])).families.count == Metric.allCases.count)
        let plain = Exposition.plain.text([Sample(.turns, ["observe"], 3)])
        #expect(plain.contains("# TYPE docket_loop_turns_total counter\n"))
        #expect(plain.contains("\ndocket_loop_turns_total{loop=\"observe\"} 3\n"))
        #expect(!plain.contains("# UNIT") && !plain.contains("# EOF"))
    }

    @Test(
        "the form is the one that was asked for",
        arguments: [
            (nil, Exposition.plain), ("*/*", .plain), ("text/plain;version=0.0.4", .plain),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5", .openMetrics),
            ("APPLICATION/OpenMetrics-Text", .openMetrics), ("application/openmetrics-text;q=0", .plain),
        ] as [(String?, Exposition)])
    func negotiation(accept: String?, form: Exposition) {
        #expect(Exposition(accepting: accept) == form)
    }

    @Test("a counter only grows, a gauge comes and goes, and what is no number changes nothing")
    func changes() {
        let book = MeterBook()
        for change in [.add(2), .add(-1), .add(.infinity), .add(.nan), .set(7.0), .gone] as [Measure.Change] {
            book.meters.tell(.turns, change, [.loop: "plan"])
            book.meters.tell(.partitions, change, [.loop: "plan"])
        }
        #expect(book.samples == [Sample(.turns, ["plan"], 2)])
        book.meters.tell(.partitions, .set(4), [.loop: "plan"])
        book.meters.tell(.partitions, .add(-1), [.loop: "plan"])
        #expect(book.value(.partitions, ["plan"]) == 3)
    }

    @Test("more series than there is room for are counted together as other, and that is counted as well")
    func bounded() {
        let book = MeterBook(seriesLimit: 10)
        for number in 0..<1_000 { book.meters.tell(.callsLimited, .one, [.console: "c\(number)"]) }
        book.meters.tell(.turns, .one, [.loop: "observe"])
        #expect(book.samples.count == 13)
        #expect(book.value(.callsLimited, ["c3"]) == 1)
        #expect(book.value(.callsLimited, ["other"]) == 990)
        #expect(book.value(.seriesLeftOut, ["docket_console_calls_limited"]) == 990)
        #expect(book.value(.turns, ["observe"]) == 1)
        // What has gone makes room.
        let gauges = MeterBook(seriesLimit: 1)
        for number in 0..<5 {
            gauges.meters.tell(.partitions, .set(1), [.loop: "l\(number)"])
            gauges.meters.tell(.partitions, .gone, [.loop: "l\(number)"])
        }
        #expect(gauges.samples.isEmpty)
    }

    @Test("what several threads add is all counted", .timeLimit(.minutes(1)))
    func threads() async {
        let book = MeterBook()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 { book.meters.tell(.turns, .one, [.loop: "l\(task % 2)"]) }
                }
            }
        }
        #expect(book.samples.map(\.value) == [4_000, 4_000])
    }

    @Test("the process tells its own time, memory and start")
    func process() {
        let samples = ProcessReading(startedAt: Timestamp(milliseconds: 1_500)).samples
        #expect(samples.map(\.metric) == [.processStart, .processorTime, .residentMemory])
        #expect(samples[0].value == 1.5 && samples[1].value > 0 && samples[2].value > 1_000_000)
    }

    @Test("events told are samples by event and level")
    func events() {
        let telemetry = Telemetry(level: .error, style: .json, write: { _ in })
        telemetry.signals.info("loop.started")
        telemetry.signals.info("loop.started")
        #expect(telemetry.samples == [Sample(.events, ["loop.started", "info"], 2)])
    }
}
