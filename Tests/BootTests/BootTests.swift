import Foundation
import Testing

@testable import Boot

@Suite("Boot", .serialized, .timeLimit(.minutes(1))) struct BootTests {
    @Test("the first SIGTERM or SIGINT stops every loop and the program ends well", arguments: [SIGTERM, SIGINT])
    func stops(signal: Int32) throws {
        let probe = try ProbeRun("mode: wait\n")
        probe.wait(for: "probe.ready")
        probe.send(signal)
        #expect(probe.end() == 0, "\(probe.text)")
        for said in ["stop.requested", "\"loop\":\"bystander\"", "loop.stopped", "\"exit_code\":0"] {
            #expect(probe.text.contains(said), "\(probe.text)")
        }
    }

    @Test("a second signal ends a program whose loop does not stop, and says which loop")
    func second() throws {
        let probe = try ProbeRun("mode: stubborn\n")
        probe.wait(for: "probe.ready")
        probe.send(SIGTERM)
        probe.wait(for: "stop.requested")
        probe.send(SIGTERM)
        #expect(probe.end() == 70)
        #expect(probe.text.contains("asked to stop a second time"))
        #expect(probe.text.contains("\"loop\":\"probe-loop\""))
    }

    @Test("the first signal does not cut short a program that stops for a reason of its own")
    func patience() throws {
        let probe = try ProbeRun("mode: linger\n")
        probe.wait(for: "loop.ended")
        probe.send(SIGTERM)
        #expect(probe.end() == 70)
        #expect(probe.text.contains("loop.stopped"), "\(probe.text)")
        #expect(!probe.text.contains("loop.abandoned"))
    }

    @Test(
        "a loop that ends by itself ends the program, with the code of its reason",
        arguments: [("end", Int32(70)), ("fail", 70), ("unavailable", 69), ("fenced", 75)])
    func reasons(mode: String, code: Int32) throws {
        let probe = try ProbeRun("mode: \(mode)\n")
        #expect(probe.end() == code, "\(probe.text)")
        #expect(probe.text.contains("\"exit_code\":\(code)"))
    }

    @Test("every problem of the settings is printed at once, and the program ends with 64")
    func problems() throws {
        let probe = try ProbeRun("mdoe: wait\ntoken: hunter2\n")
        #expect(probe.end() == 64)
        #expect(
            probe.text == """
                docket.yaml:1:1 mdoe: unknown key; did you mean "mode"?
                docket.yaml:2:8 token: expected file:PATH of a file that holds the secret, found something else (not shown)

                """)
    }

    @Test(
        "a command line that cannot be followed ends with 64, one that asks for words with 0",
        arguments: [
            (["--chekc"], Int32(64), "did you mean --check?"), (["extra"], 64, "unexpected argument \"extra\""),
            (["--settings"], 64, "--settings needs a file"), (["--settings", "none"], 64, "none: cannot be read"),
            (["--check=1"], 64, "--check takes no value"), (["--check"], 0, "docket.yaml: no problems"),
            (["--settings=docket.yaml", "--check"], 0, "no problems"), (["--help"], 0, "usage: probe"),
            (["--version"], 0, "probe 0."),
        ])
    func arguments(arguments: [String], code: Int32, says: String) throws {
        let probe = try ProbeRun("mode: wait\n", arguments: arguments)
        #expect(probe.end() == code)
        #expect(probe.text.contains(says), "\(probe.text)")
    }

    @Test("a level that does not exist ends with 64")
    func level() throws {
        let probe = try ProbeRun("mode: wait\n", environment: ["DOCKET_LOG": "loud"])
        #expect(probe.end() == 64)
    }

    @Test("a named seam kills the process at exactly that place, and the trace lists how far it came")
    func crash() throws {
        let environment = ["DOCKET_CRASH_AT": "probe.commit.first.before", "DOCKET_CRASH_TRACE": "FOLDER/trace"]
        let probe = try ProbeRun("mode: end\n", environment: environment)
        #expect(probe.end() == -SIGKILL)
        #expect(!probe.text.contains("probe.ready"))
        let trace = try String(contentsOf: probe.folder.appending(path: "trace"), encoding: .utf8)
        #expect(trace == "probe.commit.first.before\n")
    }

    @Test("a trace without a crash lists every seam and changes nothing")
    func trace() throws {
        let probe = try ProbeRun("mode: end\n", environment: ["DOCKET_CRASH_TRACE": "FOLDER/trace"])
        #expect(probe.end() == 70)
        let trace = try String(contentsOf: probe.folder.appending(path: "trace"), encoding: .utf8)
        #expect(trace == "probe.commit.first.before\nprobe.commit.first.after\n")
    }
}
