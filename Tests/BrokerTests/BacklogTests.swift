import Ports
import Testing

@testable import Kafka

@Suite("Kafka: what was polled and not consumed")
struct BacklogTests {
    private func backlog(_ places: [(Int32, Int64)]) -> Backlog {
        var backlog = Backlog()
        for (number, offset) in places {
            backlog.append(
                IncomingRecord(
                    partition: Partition("t", number), offset: Offset(offset), key: nil, value: "12345678",
                    timestamp: .zero))
        }
        return backlog
    }

    private func places(_ records: [IncomingRecord]) -> [String] { records.map { "\($0.partition)@\($0.offset)" } }

    @Test("it is handed out in order, once, and again after a rewind")
    func rewinding() {
        var backlog = backlog([(0, 5), (1, 3), (0, 6)])
        #expect(places(backlog.take(atMost: 2)) == ["t/0@5", "t/1@3"])
        #expect(places(backlog.take(atMost: 2)) == ["t/0@6"])
        #expect(backlog.isDrained)
        backlog.rewind()
        #expect(places(backlog.take(atMost: 9)) == ["t/0@5", "t/1@3", "t/0@6"])
    }

    @Test("what a turn consumed does not come again, and what it left does not come by itself")
    func consuming() {
        var backlog = backlog([(0, 5), (1, 3), (0, 6), (1, 4), (0, 9)])
        _ = backlog.take(atMost: 4)
        #expect(backlog.handedOut == [Partition("t", 0): Offset(7), Partition("t", 1): Offset(5)])
        backlog.drop(through: [Partition("t", 0): Offset(7)])
        #expect(backlog.bytes == 3 * 8)
        #expect(places(backlog.take(atMost: 9)) == ["t/0@9"])
        backlog.rewind()
        #expect(places(backlog.take(atMost: 9)) == ["t/1@3", "t/1@4", "t/0@9"])
    }

    @Test("of neighbours in one partition, what was handed out counts and what was consumed goes")
    func parts() {
        var backlog = backlog([(0, 5), (0, 6), (0, 9), (1, 1)])
        #expect(backlog.handedOut.isEmpty)
        #expect(places(backlog.take(atMost: 2)) == ["t/0@5", "t/0@6"])
        #expect(backlog.handedOut == [Partition("t", 0): Offset(7)])
        backlog.drop(through: [Partition("t", 0): Offset(6)])
        #expect(backlog.handedOut == [Partition("t", 0): Offset(7)])
        #expect(places(backlog.take(atMost: 9)) == ["t/0@9", "t/1@1"])
        backlog.rewind()
        #expect(backlog.handedOut.isEmpty)
        #expect(places(backlog.take(atMost: 9)) == ["t/0@6", "t/0@9", "t/1@1"])
    }
}
