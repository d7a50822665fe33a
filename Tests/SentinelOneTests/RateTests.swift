import PipelineTesting
import Ports
import SentinelOne
import Testing

@Suite("Rates")
struct RateTests {
    static let paths: [(path: String, prefix: String)] = [
        ("/web/api/v2.1/threats", "/threats"), ("/web/api/v2.1/threats/123/timeline", "/threats/"),
        ("/web/api/v2.0/threats", "/threats"), ("/web/api/v2.1/threatsx", ""), ("/web/api/v2.1/user", "/user"),
        ("/web/api/v2.1/users", "/users"), ("/web/api/v2.1/users/login", "/users/login"),
        ("/web/api/v2.1/users/login/by-token", "/users/login"), ("/web/api/v2.1/users/viewer-auth-check", "/users"),
        ("/web/api/v2.1/user-groups", "/user-groups"), ("/web/api/v2.1/agents/actions/disconnect", "/agents"),
        ("/web/api/v2.1/cloud-detection/rules/1", "/cloud-detection/rules"),
        ("/web/api/v2.1/cloud-detection/alerts", "/cloud-detection/alerts"),
        ("/web/api/v2.1/dv/events/pq", "/dv/events/pq"), ("/web/api/v2.1/dv/events/pq-ping", "/dv/events/pq-ping"),
        ("/web/api/v2.1/groups", ""), ("/sdl/v2/api/queries/abc", "/sdl/v2/api/queries"), ("/threats", "/threats"),
        ("/", ""), ("", ""),
    ]

    @Test(
        "the longest prefix of whole words decides, and a list is another thing than what lies below it",
        arguments: paths)
    func prefix(path: String, prefix: String) {
        #expect(RateTable.published.rule(for: path).prefix == prefix)
    }

    @Test("the published numbers are the vendor's")
    func numbers() {
        func rate(_ path: String) -> Rate { RateTable.published.rule(for: "/web/api/v2.1" + path).rate }
        #expect(rate("/agents") == Rate(25, burst: 1))
        #expect(rate("/threats") == Rate(10, burst: 50))
        #expect(rate("/threats/1/notes") == Rate(100, burst: 1000))
        #expect(rate("/activities") == Rate(10, burst: 30))
        #expect(rate("/dv/init-query") == Rate(1, per: .seconds(60), burst: 1))
        #expect(rate("/application-management/scan") == Rate(1, per: .seconds(28_800), burst: 1))
        #expect(rate("/threat-intelligence/iocs") == Rate(30, per: .seconds(60), burst: 1))
        #expect(rate("/nobody-knows") == Rate(10, burst: 10))
    }

    private static let rates = [
        Rate(25, burst: 1), Rate(10, burst: 50), Rate(30, per: .seconds(60), burst: 1), Rate(100, burst: 1000),
        Rate(2, per: .seconds(60), burst: 1), Rate(1, per: .seconds(28_800), burst: 1), Rate(150, burst: 1),
    ]

    /// The calls in any span of so long: no more than burst and rate make together, exactly.
    private func check(_ calls: [Int64], of rate: Rate, span: Int64 = 10_000_000) {
        let allowed = Int64(rate.burst) + span * Int64(rate.calls) / rate.period.wholeMicroseconds
        var most = 0
        var first = 0
        for (index, call) in calls.enumerated() {
            while calls[first] <= call - span { first += 1 }
            most = max(most, index - first + 1)
        }
        #expect(!calls.isEmpty && most <= allowed, "\(rate): \(most) calls within 10 s, \(allowed) allowed")
    }

    @Test("over any ten seconds there are no more calls than burst and rate allow", arguments: 0..<60 as Range<UInt64>)
    func neverMore(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let rate = Self.rates[Int(seed) % Self.rates.count]
        var now = Int64.random(in: 0...1 << 50, using: &dice)
        var bucket = RateBucket(rate, at: .microseconds(now))
        var calls: [Int64] = []
        for _ in 0..<20_000 {
            // Long rests, short ones, and none at all.
            switch Int.random(in: 0..<100, using: &dice) {
            case 0: now += Int64.random(in: 0...100_000_000, using: &dice)
            case 1: bucket.close(until: .microseconds(now + Int64.random(in: 0...2_000_000, using: &dice)))
            case 2: bucket.use(.percent(Int.random(in: 0...100, using: &dice)), at: .microseconds(now))
            case 3..<60: now += Int64.random(in: 0...20_000, using: &dice)
            default: break
            }
            if bucket.take(at: .microseconds(now)) { calls.append(now) }
        }
        check(calls, of: rate)
    }

    @Test("whoever waits as long as it says gets a call, so that nobody starves", arguments: 0..<20 as Range<UInt64>)
    func neverStarves(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let rate = Self.rates[Int(seed) % Self.rates.count]
        var now = Duration.microseconds(Int64.random(in: 0...1 << 50, using: &dice))
        let start = now
        var bucket = RateBucket(rate, share: .percent(Int.random(in: 1...100, using: &dice)), at: now)
        for _ in 0..<200 {
            if Int.random(in: 0..<20, using: &dice) == 0 { bucket.close(until: now + .milliseconds(700)) }
            let wait = bucket.wait(at: now)
            now += try #require(wait)
            let isTaken = bucket.take(at: now)
            #expect(isTaken)
        }
        #expect(now > start)
        bucket.use(.percent(0), at: now)
        let never = bucket.wait(at: now + .seconds(1_000_000))
        let isTaken = bucket.take(at: now + .seconds(1_000_000))
        #expect(never == nil && !isTaken)
        bucket.use(.whole, at: now)
        let again = bucket.wait(at: now)
        #expect(again != nil)
    }

    @Test(
        "workers that share a token's partitions never make more of its rate than the whole",
        arguments: 0..<20 as Range<UInt64>)
    func shares(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let rate = Rate(10, burst: 50)
        let partitions = Int.random(in: 4...64, using: &dice)
        var owners = (0..<partitions).map { _ in Int.random(in: 0..<4, using: &dice) }
        var now: Int64 = 0
        func share(_ worker: Int) -> RateShare { RateShare(owners.count { $0 == worker }, of: partitions) }
        var workers = (0..<4).map { RateBucket(rate, share: share($0), at: .zero) }
        var calls: [Int64] = []
        for step in 0..<30_000 {
            now += Int64.random(in: 0...10_000, using: &dice)
            if step % 5_000 == 4_999 {
                // One goes away and its partitions go to another: given up before they are taken.
                let (from, to) = (Int.random(in: 0..<4, using: &dice), Int.random(in: 0..<4, using: &dice))
                owners = owners.map { $0 == from ? to : $0 }
                workers[from].use(share(from), at: .microseconds(now))
                workers[to].use(share(to), at: .microseconds(now))
            }
            let worker = Int.random(in: 0..<4, using: &dice)
            if workers[worker].take(at: .microseconds(now)) { calls.append(now) }
        }
        // Each worker has room for the call that is its least burst.
        check(calls, of: Rate(10, burst: 50 + 4))
        let sum = (0..<4).map { share($0).millionths }.reduce(0, +)
        #expect(sum <= RateShare.whole.millionths)
    }

    @Test("a part of a part is no more than both, and rounding gives nothing away")
    func parts() {
        #expect(RateShare.percent(60).part(RateShare(1, of: 3)).millionths == 199_999)
        #expect((1...7).map { _ in RateShare(1, of: 7).millionths }.reduce(0, +) <= 1_000_000)
        #expect(RateShare(9, of: 3) == .whole)
        #expect(RateShare.percent(0).millionths == 0)
    }
}
