import LocalLog
import PipelineTesting
import Ports
import Testing

@Suite("Local log: the contract of every log", .timeLimit(.minutes(1)))
struct LocalLogContractTests {
    @Test("records come in order per partition, and a key is always in the same one", arguments: LogPlace.allCases)
    func orderPerPartition(_ place: LogPlace) throws {
        try LogContract.orderPerPartition(LocalLogUnderTest(place))
    }

    @Test("a turn is visible whole or not at all", arguments: LogPlace.allCases)
    func turnIsVisibleWholeOrNotAtAll(_ place: LogPlace) throws {
        try LogContract.turnIsVisibleWholeOrNotAtAll(LocalLogUnderTest(place))
    }

    @Test("a refused turn leaves nothing behind", arguments: LogPlace.allCases)
    func refusedTurnLeavesNothing(_ place: LogPlace) throws {
        try LogContract.refusedTurnLeavesNothing(LocalLogUnderTest(place))
    }

    @Test("committed offsets survive a restart", arguments: LogPlace.allCases)
    func committedOffsetsSurviveRestart(_ place: LogPlace) throws {
        try LogContract.committedOffsetsSurviveRestart(LocalLogUnderTest(place))
    }

    @Test("a rewind brings the same records again, from every assigned partition", arguments: LogPlace.allCases)
    func rewindBringsTheSameAgain(_ place: LogPlace) throws {
        try LogContract.rewindBringsTheSameAgain(LocalLogUnderTest(place))
    }

    @Test("a turn outside its assignment is refused", arguments: LogPlace.allCases)
    func turnOutsideItsAssignmentIsRefused(_ place: LogPlace) throws {
        try LogContract.turnOutsideItsAssignmentIsRefused(LocalLogUnderTest(place))
    }

    @Test("an intent turn does not commit what was only polled", arguments: LogPlace.allCases)
    func intentTurnKeepsWhatWasOnlyPolled(_ place: LogPlace) throws {
        try LogContract.intentTurnKeepsWhatWasOnlyPolled(LocalLogUnderTest(place))
    }

    @Test("the first intent after a takeover keeps the offset", arguments: LogPlace.allCases)
    func firstIntentAfterTakeoverKeepsTheOffset(_ place: LogPlace) throws {
        try LogContract.firstIntentAfterTakeoverKeepsTheOffset(LocalLogUnderTest(place))
    }

    @Test("a replay is complete, ends, and goes on from an offset", arguments: LogPlace.allCases)
    func replayIsCompleteAndEnds(_ place: LogPlace) throws {
        try LogContract.replayIsCompleteAndEnds(LocalLogUnderTest(place))
    }

    @Test("headers, keys, tombstones, empty values and times come as they were", arguments: LogPlace.allCases)
    func recordsComeAsTheyWere(_ place: LogPlace) throws {
        try LogContract.recordsComeAsTheyWere(LocalLogUnderTest(place), now: LocalStore.systemTime())
    }

    @Test("a record without a time has the moment of writing", arguments: LogPlace.allCases)
    func timeIsTheMomentOfWriting(_ place: LogPlace) throws {
        try LogContract.timeIsTheMomentOfWriting(LocalLogUnderTest(place), now: LocalStore.systemTime)
    }

    @Test(
        "of a compacted topic the last record of each key stays, in order, and its readers go on",
        arguments: LogPlace.allCases)
    func lastOfEachKeyStays(_ place: LogPlace) throws {
        try LogContract.lastOfEachKeyStays(LocalLogUnderTest(place))
    }

    @Test("a replay of a compacted topic ends with what each key said last", arguments: LogPlace.allCases)
    func compactedReplayIsExact(_ place: LogPlace) throws {
        try LogContract.compactedReplayIsExact(LocalLogUnderTest(place))
    }

    @Test("a record without a key is refused by a compacted topic", arguments: LogPlace.allCases)
    func compactedTopicWantsKeys(_ place: LogPlace) throws {
        try LogContract.compactedTopicWantsKeys(LocalLogUnderTest(place))
    }

    @Test("a record over the limit is refused, one at the limit is not", arguments: LogPlace.allCases)
    func sizeIsLimited(_ place: LogPlace) throws {
        try LogContract.sizeIsLimited(LocalLogUnderTest(place))
    }

    @Test("an unknown topic is refused by every call", arguments: LogPlace.allCases)
    func unknownTopicIsRefused(_ place: LogPlace) throws {
        try LogContract.unknownTopicIsRefused(LocalLogUnderTest(place))
    }

    @Test("a loop over topics of unequal partition counts is refused", arguments: LogPlace.allCases)
    func loopOfUnequalTopicsIsRefused(_ place: LogPlace) throws {
        try LogContract.loopOfUnequalTopicsIsRefused(LocalLogUnderTest(place))
    }

    @Test("an append is all or none", arguments: LogPlace.allCases)
    func appendIsAllOrNone(_ place: LogPlace) throws {
        try LogContract.appendIsAllOrNone(LocalLogUnderTest(place))
    }

    @Test("a tail reads from the start or from the end", arguments: LogPlace.allCases)
    func tailReadsFromStartOrEnd(_ place: LogPlace) throws {
        try LogContract.tailReadsFromStartOrEnd(LocalLogUnderTest(place))
    }

    @Test("a tail says honestly whether it reached the end", arguments: LogPlace.allCases)
    func tailSaysHonestlyWhetherItReachedTheEnd(_ place: LogPlace) throws {
        try LogContract.tailSaysHonestlyWhetherItReachedTheEnd(LocalLogUnderTest(place))
    }

    @Test("kill -9 of a worker at any moment leaves an exact output", arguments: [1, 2] as [UInt64])
    func killedAtAnyMomentTheOutputIsExact(seed: UInt64) throws {
        try LogContract.killedAtAnyMomentTheOutputIsExact(LocalLogUnderTest(.files), seed: seed)
    }

    @Test("over 60,000 records a worker is killed thirty times at any moment, and the output is exact")
    func killedThirtyTimes() throws {
        var loop = CopyLoop()
        loop.turnSize = 20
        try LogContract.killedAtAnyMomentTheOutputIsExact(
            LocalLogUnderTest(.files), seed: 3, kills: 30, recordsPerKill: 2_000, loop: loop)
    }

    @Test("the members of a group share its partitions out: one, then three, then two", arguments: LogPlace.allCases)
    func membersShareThePartitions(_ place: LogPlace) throws {
        try LogContract.membersShareThePartitions(LocalLogUnderTest(place))
    }

    @Test("with more members than partitions the others stand by, and take over", arguments: LogPlace.allCases)
    func standByTakesOver(_ place: LogPlace) throws {
        try LogContract.standByTakesOver(LocalLogUnderTest(place))
    }
}
