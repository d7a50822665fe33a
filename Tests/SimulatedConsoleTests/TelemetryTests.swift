import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("What endpoints saw, at the simulated console")
struct SimulatedTelemetryTests {
    @Test("every process has a parent that came before it, or is a root", arguments: Story.allCases)
    func trees(story: Story) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var visitor = Visitor.after(story, seed: seed)
            for part in try visitor.incidents().flatMap({ $0.rows("parts") }) {
                let processes = part.rows("processes")
                #expect(Set(processes.compactMap { $0.text("uniqueId") }).count == processes.count)
                #expect(processes.contains { $0.number("parent") == nil })
                for (number, process) in processes.enumerated() {
                    let parent = process.number("parent")
                    #expect(parent.map { $0 < number } ?? true)
                    if let parent {
                        #expect((processes[parent].text("startedAt") ?? "") <= (process.text("startedAt") ?? ""))
                    }
                }
                guard part.text("threatId") != nil else { continue }
                // A test file never ran: whoever wrote it is no threat.
                #expect(processes.filter { $0.flag("isThreat") == true }.count == (story == .drill ? 0 : 1))
            }
        }
    }

    @Test("a threat's events are of its endpoint, its storyline and its file", arguments: [7, 8] as [UInt64])
    func agreement(seed: UInt64) throws {
        var visitor = Visitor.amidStories(seed: seed)
        visitor.pass(.seconds(1_000))
        let threats = try visitor.threats()
        #expect(threats.count > 12)
        for threat in threats {
            let events = try visitor.events(of: threat)
            #expect(!events.isEmpty)
            let storyline = threat.text("threatInfo", "storyline")
            #expect(events.allSatisfy { $0.text("storyline") == storyline })
            let agent = threat.text("agentRealtimeInfo", "agentId")
            #expect(events.allSatisfy { $0.text("agentId") == agent })
            #expect(events.contains { $0.text("sha1") == threat.text("threatInfo", "sha1") })
            #expect(events.contains { $0.flag("relatedToThreat") == true })
            let culprit = events.first { $0.flag("processIsMalicious") == true }
            #expect((culprit == nil) == (threat.text("threatInfo", "threatName") == "eicar.com"))
            if let culprit, let arguments = threat.text("threatInfo", "maliciousProcessArguments") {
                #expect(culprit.text("processCmd")?.hasSuffix(arguments) == true)
                #expect(culprit.text("parentProcessName") == threat.text("threatInfo", "originatorProcess"))
            }
            let times = events.compactMap { $0.text("createdAt") }
            #expect(times == times.sorted())
        }
    }

    @Test("what is served is what happened: the same processes and the same network", arguments: [7, 21] as [UInt64])
    func truth(seed: UInt64) throws {
        var visitor = Visitor.amidStories(seed: seed) { $0.maximumThreats = 20 }
        visitor.pass(.seconds(1_000))
        var compared = 0
        for part in try visitor.incidents().flatMap({ $0.rows("parts") }) {
            guard let threat = part.text("threatId") else { continue }
            let events = try visitor.walk("threats/\(threat)/explore/events", [("limit", "1000")])
            #expect(events.map(\.id).sorted() == part.texts("eventIds").sorted())
            let begun = events.filter { $0.text("eventType") == "PROCESSCREATION" }
            let served = begun.map { "\($0.text("processUniqueKey") ?? "") \($0.text("processCmd") ?? "")" }
            let real = part.rows("processes").map { "\($0.text("uniqueId") ?? "") \($0.text("commandLine") ?? "")" }
            #expect(Set(served) == Set(real))
            let called = events.filter { $0.text("eventType") == "TCPV4" && $0.text("direction") == "OUTGOING" }
            let calls = part.rows("network").filter { $0.text("direction") == "outgoing" }
            #expect(Set(called.compactMap { $0.text("dstIp") }) == Set(calls.compactMap { $0.text("address") }))
            compared += 1
        }
        #expect(compared > 20)
    }

    @Test("telemetry that is too old is gone, and the threat is not")
    func expiry() throws {
        var visitor = Visitor {
            $0.maximumThreats = 1
            $0.telemetryLife = .seconds(86_400)
        }
        visitor.pass(.seconds(10))
        let threat = try #require(try visitor.threats().first)
        #expect(try visitor.get("threats/\(threat.id)/explore/events").status == 200)
        visitor.pass(.seconds(86_400))
        #expect(try visitor.get("threats/\(threat.id)/explore/events").status == 404)
        #expect(try visitor.get("threats/\(threat.id)/timeline").status == 200)
    }

    @Test("nothing is told of what has not happened yet")
    func future() throws {
        var visitor = Visitor.amidStories(stories: [Cue(.maldoc, at: .seconds(60))]) { $0.timeScale = 1 }
        visitor.pass(.seconds(60))
        let threat = try #require(try visitor.threats().first)
        let early = try visitor.events(of: threat)
        #expect(early.allSatisfy { ($0.text("createdAt") ?? "") <= visitor.now.description })
        visitor.pass(.seconds(3_600))
        #expect(try visitor.events(of: threat).count > early.count)
    }

    @Test("threats of the history have telemetry too")
    func history() throws {
        var visitor = Visitor { $0.history = 20_000 }
        let threat = try #require(
            try visitor.get("threats", [("sortBy", "id"), ("sortOrder", "desc"), ("limit", "1")]).rows.first)
        #expect(try visitor.events(of: threat).isEmpty == false)
    }
}
