import PipelineTesting
import Ports
import Testing

@Suite("Meters") struct MeterTests {
    @Test(
        "a metric's name says whose it is and ends with its unit, and its help is a sentence",
        arguments: Metric.allCases)
    func names(metric: Metric) {
        #expect(metric.name.wholeMatch(of: /docket(_[a-z]+)+/) != nil)
        #expect(!metric.name.hasSuffix("_total") && !metric.name.hasSuffix("_count"))
        #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"))
        #expect(Set(metric.labels).count == metric.labels.count)
    }

    @Test("no name begins like the samples of another metric")
    func clashes() {
        let samples = Metric.allCases.map { $0.kind == .counter ? $0.name + "_total" : $0.name }
        #expect(Set(samples).count == samples.count)
        #expect(Set(samples).isDisjoint(with: Metric.allCases.filter { $0.kind == .counter }.map(\.name)))
    }

    @Test("labels are in the metric's order, and a context fills in only what the metric has and nobody said")
    func labels() {
        let measure = Measure(.recordsPublished, .one, [.stream: "threats", .console: "eu1"])
        #expect(measure.values == ["eu1", "threats"])
        let counted = Counted()
        let meters = counted.meters.adding([.loop: "observe", .console: "us1"])
        meters.tell(measure)
        meters.tell(.turns, .one)
        meters.tell(.callsLimited, .add(2))
        #expect(counted[.recordsPublished, "eu1", "threats"] == 1)
        #expect(counted[.turns, "observe"] == 1)
        #expect(counted[.callsLimited, "us1"] == 2)
    }

    @Test("times are in seconds, and what is so is 1")
    func changes() {
        #expect(Measure.Change.set(Duration.milliseconds(1_500)) == .set(1.5))
        #expect(Measure.Change.set(Timestamp(milliseconds: 2_500)) == .set(2.5))
        #expect(Measure.Change.set(true) == .set(1.0))
        #expect(Measure.Change.set(false) == .set(0.0))
    }
}
