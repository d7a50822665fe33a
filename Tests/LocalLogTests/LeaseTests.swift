import Glibc
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Local log: leases", .timeLimit(.minutes(1)))
struct LeaseTests {
    @Test("a member that was frozen past its lease cannot commit a turn that consumes; it is told, and works again")
    func zombieConsuming() throws {
        let group = try Group()
        let zombie = try group.join()
        let turn = try zombie.consuming(try zombie.records())
        try expectRefused(turn, of: zombie, in: group)
    }

    @Test("a member that was frozen past its lease cannot commit a turn that only writes")
    func zombieWriting() throws {
        let group = try Group()
        let zombie = try group.join()
        var turn = Turn(in: try zombie.assignment())
        turn.journal(OutgoingRecord(topic: "journal", key: "k", value: "zombie"), at: 0)
        try expectRefused(turn, of: zombie, in: group)
    }

    @Test("a member that was frozen past its lease cannot commit a turn that acts for no partition")
    func zombieProducing() throws {
        let group = try Group()
        let zombie = try group.join()
        var turn = Turn(in: try zombie.assignment())
        turn.produce(OutgoingRecord(topic: "output", key: "k", value: "zombie"))
        try expectRefused(turn, of: zombie, in: group)
    }

    /// The other one has taken over, and nobody but it writes; then the two of them share.
    private func expectRefused(_ turn: Turn, of zombie: Worker, in group: Group) throws {
        let other = try group.member()
        #expect(try other.poll() == .nothing)
        group.clock.pass(group.limits.lease + .milliseconds(1))
        #expect(try other.poll() == .assigned([0, 1, 2]))
        #expect(try zombie.log.commit(turn) == .aborted)
        #expect(try zombie.log.commit(turn.isEmpty ? turn : Turn(in: turn.assignment, writing: "again")) == .aborted)
        #expect(try group.written() == [])
        #expect(try zombie.poll() == .revoked([0, 1, 2]))
        #expect(try zombie.log.commit(Turn(in: turn.assignment, writing: "at last")) == .aborted)
        #expect(try group.written() == [])

        #expect(try zombie.poll() == .nothing)
        #expect(try other.poll() == .revoked([0, 1, 2]))
        #expect(try other.poll() == .assigned([0, 1]))
        #expect(try zombie.poll() == .assigned([2]))
        for worker in [zombie, other] {
            #expect(try worker.log.commit(Turn(in: worker.assignment(), writing: "awake")) == .committed)
        }
        #expect(try group.written() == ["awake", "awake"])
    }

    @Test("a take-over goes on where the dead one committed, with all of its journal")
    func takeOver() throws {
        let group = try Group(records: 9)
        let first = try group.join()
        let polled = try first.records()
        var turn = try first.consuming(polled.filter { $0.offset.value < 2 })
        for number in 0..<Int32(3) {
            turn.journal(OutgoingRecord(topic: "journal", key: nil, value: Bytes("entry \(number)")), at: number)
        }
        #expect(try first.log.commit(turn) == .committed)
        let second = try group.member()
        group.clock.pass(group.limits.lease + .milliseconds(1))
        #expect(try second.poll() == .assigned([0, 1, 2]))
        #expect(Set(try second.records().map(\.offset.value)) == [2])
        for number in 0..<Int32(3) {
            var entries: [Bytes?] = []
            try second.log.replay(Partition("journal", number), from: .start) { entries.append($0.value) }
            #expect(entries == [Bytes("entry \(number)")])
        }
    }

    enum LifeSign: CaseIterable { case commit, replay }

    @Test("a loop that commits or replays and does not poll keeps its partitions", arguments: LifeSign.allCases)
    func lifeSigns(_ sign: LifeSign) throws {
        let group = try Group()
        let owner = try group.join()
        let turn = Turn(in: try owner.assignment(), writing: "v")
        #expect(try owner.log.commit(turn) == .committed)
        let other = try group.member()
        for _ in 0..<10 {
            group.clock.pass(group.limits.lease * 0.6)
            switch sign {
            case .commit: #expect(try owner.log.commit(turn) == .committed)
            case .replay: try owner.log.replay(Partition("journal", 0), from: .start) { _ in }
            }
            // It wants its share, and is not asked to wait for ever: it is given it by the next poll.
            #expect(try other.poll() == .nothing)
        }
        #expect(try owner.log.commit(turn) == .committed)
        #expect(try owner.poll() == .revoked([0, 1, 2]))
    }

    @Test("nobody steals a lease while it lasts, to its last millisecond")
    func leaseLasts() throws {
        let group = try Group()
        let owner = try group.join()
        let standBy = try group.member()
        group.clock.pass(group.limits.lease)
        #expect(try standBy.poll() == .nothing)
        #expect(try owner.log.commit(Turn(in: owner.assignment(), writing: "v")) == .committed)
    }

    @Test("a jump of the wall clock neither ends a lease nor keeps one", arguments: [86_400, -86_400] as [Int64])
    func wallClock(seconds: Int64) throws {
        let group = try Group()
        let owner = try group.join()
        let standBy = try group.member()
        group.clock.jump(.seconds(seconds))
        #expect(try standBy.poll() == .nothing)
        #expect(try owner.log.commit(Turn(in: owner.assignment(), writing: "v")) == .committed)
        group.clock.jump(.seconds(-2 * seconds))
        group.clock.pass(group.limits.lease * 2)
        #expect(try standBy.poll() == .assigned([0, 1, 2]))
    }

    @Test("the machine's own lease clock counts from its start")
    func systemClock() throws {
        let clock = try LeaseClock.system()
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        #expect(abs(clock.uptime().components.seconds - Int64(time.tv_sec)) <= 5)
        #expect(clock.boot.utf8.count == 36)
    }

    @Test("a lease of an earlier start of the machine is over, however late it says it ends")
    func reboot() throws {
        let folder = try Folder()
        let before = LeaseClock(boot: "before", uptime: { .seconds(1_000_000) })
        let after = LeaseClock(boot: "after", uptime: { .seconds(1) })
        let first = try LocalStore(.directory(folder.path), topics: LogContract.topics, leaseClock: before)
            .member(of: "g", reading: ["input"], journal: nil)
        _ = try first.poll(atMost: 1, waiting: .zero)
        let second = Worker(
            try LocalStore(.directory(folder.path), topics: LogContract.topics, leaseClock: after)
                .member(of: "g", reading: ["input"], journal: nil))
        #expect(try second.poll() == .assigned([0, 1, 2]))
        withExtendedLifetime(first) {}
    }

    @Test("who lost its partitions and got the same ones back is told, for others wrote meanwhile")
    func lostAndRegained() throws {
        let group = try Group()
        let zombie = try group.join()
        _ = try zombie.records()
        var other: Worker? = try group.member()
        group.clock.pass(group.limits.lease + .milliseconds(1))
        #expect(try other?.poll() == .assigned([0, 1, 2]))
        let turn = Turn(in: try #require(other).assignment(), writing: "unknown to the zombie")
        #expect(try other?.log.commit(turn) == .committed)
        other = nil
        #expect(try zombie.poll() == .revoked([0, 1, 2]))
        #expect(try zombie.poll() == .assigned([0, 1, 2]))
        #expect(zombie.generations == [1, 2])
    }

    @Test("who leaves is replaced at once", arguments: LogPlace.allCases)
    func leaving(_ place: LogPlace) throws {
        let group = try Group(in: place)
        var owner: Worker? = try group.join()
        let standBy = try group.member()
        #expect(try standBy.poll() == .nothing)
        #expect(owner?.latest?.numbers == [0, 1, 2])
        owner = nil
        #expect(try standBy.poll() == .assigned([0, 1, 2]))
    }

    @Test("who was told to give up may commit until it polls, and the others wait for it longer than a lease")
    func farewell() throws {
        let group = try Group()
        let owner = try group.join()
        let other = try group.member()
        #expect(try other.poll() == .nothing)
        #expect(try owner.poll() == .revoked([0, 1, 2]))
        let last = try owner.assignment()
        group.clock.pass(group.limits.farewell - .milliseconds(1))
        #expect(try other.poll() == .nothing)
        #expect(try owner.log.commit(Turn(in: last, writing: "farewell")) == .committed)
        #expect(try owner.poll() == .assigned([0, 1]))
        let failure = #expect(throws: LogFailure.self) { _ = try owner.log.commit(Turn(in: last, writing: "late")) }
        #expect(failure?.code == "log.turn-outside-assignment")
        #expect(try other.poll() == .assigned([2]))
        #expect(owner.generations == [1, 2])
    }

    @Test("a turn for a partition that somebody else owns is refused, also from a living member")
    func foreignPartition() throws {
        let group = try Group()
        let owner = try group.join()
        let other = try group.member()
        _ = try other.poll()
        _ = try owner.poll()
        #expect(try owner.poll() == .assigned([0, 1]))
        #expect(try other.poll() == .assigned([2]))
        var turn = Turn(in: try owner.assignment())
        turn.journal(OutgoingRecord(topic: "journal", key: nil, value: "foreign"), at: 2)
        let failure = #expect(throws: LogFailure.self) { _ = try owner.log.commit(turn) }
        #expect(failure?.remedy == .stop)
        #expect(try group.written() == [])
    }
}
