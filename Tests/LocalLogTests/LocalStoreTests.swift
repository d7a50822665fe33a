import LocalLog
import Pipeline
import Ports
import Testing

@Suite("Local store")
struct LocalStoreTests {
    @Test("a turn in memory is polled, committed and read back")
    func memory() throws {
        let store = try LocalStore(.memory, topics: [.init("in", partitions: 2, kind: .events)])
        let places = try store.appender().append([OutgoingRecord(topic: "in", key: "a", value: "1")])
        #expect(places.map(\.1) == [.start])
        let member = try store.member(of: "g", reading: ["in"], journal: nil)
        guard case .assigned(let assignment) = try member.poll(atMost: 10, waiting: .zero) else {
            Issue.record("not assigned")
            return
        }
        guard case .records(let records) = try member.poll(atMost: 10, waiting: .zero) else {
            Issue.record("no records")
            return
        }
        var turn = Turn(in: assignment)
        for record in records { turn.consume(record) }
        turn.produce(OutgoingRecord(topic: "in", partition: 1, key: nil, value: nil))
        #expect(try member.commit(turn) == .committed)
        let tail = try store.tail(of: ["in"], from: .start)
        let batch = try tail.next(atMost: 10, waiting: .zero)
        #expect(batch.records.count == 2)
        #expect(batch.reachedEnd)
    }
}
