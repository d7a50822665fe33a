import Foundation
import Lifecycle
import Ports
import Synchronization
import Testing

private struct Unavailable: Failure {
    var remedy: Remedy { .retry }
    var code: String { "test.unavailable" }
    var detail: String { "nobody answers" }
}

private struct Unnamed: Error {}

/// Signals need a process of their own: what a real one does to a program, BootTests shows.
@Suite("Loops", .serialized, .timeLimit(.minutes(1))) struct LifecycleTests {
    /// A group keeps its thread for itself, as `main` would.
    private func run(
        _ loops: [Loop], telling signals: Signals = .none, grace: Duration = .seconds(20)
    ) async -> ExitCode {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: LoopGroup(signals: signals, grace: grace).run(loops))
            }
        }
    }

    private let patient = Loop("patient") { stop in stop.wait(atMost: .seconds(50)) }

    @Test("a program ends when a loop ends, and the end of that loop is its exit code")
    func ends() async {
        let told = Told()
        #expect(await run([Loop("quitter") { _ in }, patient], telling: told.signals) == .unexpected)
        #expect(told.events.suffix(2) == ["loop.ended", "loop.stopped"])
        #expect(await run([patient, Loop("caller") { _ in throw Unavailable() }]) == .unavailable)
        #expect(await run([Loop("caller") { _ in throw Unnamed() }]) == .unexpected)
    }

    @Test("the first reason is the program's, not what follows from it")
    func first() async {
        let follower = Loop("follower") { stop in
            stop.wait(atMost: .seconds(50))
            throw Unnamed()
        }
        #expect(await run([Loop("caller") { _ in throw Unavailable() }, follower]) == .unavailable)
    }

    @Test("a loop that does not stop in time is left behind, by name")
    func stubborn() async {
        let told = Told()
        let release = StopSign()
        let stubborn = Loop("stubborn") { _ in release.wait(atMost: .seconds(50)) }
        let loops = [Loop("quitter") { _ in }, stubborn]
        #expect(await run(loops, telling: told.signals, grace: .milliseconds(30)) == .unexpected)
        #expect(told.events.last == "loop.abandoned")
        release.set()
    }

    @Test("a loop has a thread of its own with its name and the stack of a main thread")
    func thread() async {
        let seen = Names()
        let loops = ["enrich", "a-name-longer-than-fifteen"].map { name in
            Loop(name) { _ in
                let file = try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
                seen.append(file.trimmingCharacters(in: .newlines))
                #expect(!Thread.isMainThread)
                #expect(depth(of: 4 << 20) == 4 << 20)
            }
        }
        _ = await run(loops)
        #expect(seen.all.sorted() == ["a-name-longer-t", "enrich"])
    }

    @Test("a sign that is set ends every wait at once, and one that is not set ends it in time")
    func sign() {
        let stop = StopSign()
        #expect(stop.wait(atMost: .milliseconds(2)) == false)
        #expect(stop.wait(atMost: .zero) == false)
        stop.set()
        stop.set()
        #expect(stop.isSet)
        #expect(stop.wait(atMost: .seconds(3_600)))
        #expect(stop.wait(atMost: .seconds(3_600)))
    }

    @Test("an exit code follows from the remedy, unless the failure knows better")
    func codes() {
        #expect(Unavailable().exitCode == .unavailable)
        #expect(LogFailure(.stop, code: "x", detail: "").exitCode == .unexpected)
        #expect(SettingsProblems([]).exitCode == .usage)
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 64, 69, 70, 75, 78])
    }
}

/// Uses so many bytes of stack and says how many.
private func depth(of bytes: Int) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { room in
        room[0] = UInt8(truncatingIfNeeded: bytes)
        return bytes <= 64 << 10 ? bytes : (64 << 10) + depth(of: bytes - (64 << 10))
    }
}

private final class Names: Sendable {
    private let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }
    func append(_ name: String) { names.withLock { $0.append(name) } }
}

private struct Told: Sendable {
    private let names = Names()
    var events: [String] { names.all }
    var signals: Signals { Signals { [names] in names.append($0.event.name) } }
}
