import Contracts
import Investigation
import Pipeline
import Ports
import SentinelOne

// What is done when, and the walks.
extension ObserveFeed {
    /// What this stream does next, if anything is due.
    func work(of lane: inout Lane, at place: Place, _ memory: FeedMemory.Stream, _ now: Timestamp) -> Lane.Work? {
        if lane.round == nil, walkDue(lane, memory) <= now {
            let settings = settings[place.stream]
            lane.round = Round(
                startedAt: now, since: start(of: place.stream, memory, at: now),
                until: settings.delay > .zero ? now - settings.delay : nil)
            lane.lastWalk = now
            lane.nextWalk = now + lane.pause(of: settings.interval)
        }
        if lane.round != nil { return .walk }
        if lane.chore == nil, choreDue(lane, at: place, memory) <= now {
            lane.chore = chore(at: place, &lane, memory, now)
        }
        return lane.chore != nil && lane.nextChore <= now ? .chore : nil
    }

    func nextDue(_ lane: Lane, at place: Place, _ memory: FeedMemory.Stream) -> Timestamp {
        if lane.round != nil { return .zero }
        let chore = lane.chore != nil ? lane.nextChore : choreDue(lane, at: place, memory)
        return min(walkDue(lane, memory), chore)
    }

    private func walkDue(_ lane: Lane, _ memory: FeedMemory.Stream) -> Timestamp {
        // A person's wish waits for nothing but the end of a rest, which `nextWalk` is after a failure.
        if let wanted = memory.position?.syncWanted, let last = lane.lastWalk, wanted > last, !lane.isResting {
            return wanted
        }
        return lane.nextWalk
    }

    func errand(for work: Lane.Work, _ lane: Lane, at place: Place, console: Console) -> Errand<FeedEntry>? {
        let question = shape(of: place).sieve.question(for: place.stream.vendor)
        return switch work {
        case .walk:
            lane.round.map { round in
                Errand(
                    id: round.id(at: place), label: "page",
                    request: place.stream.walking(
                        console, about: question, since: round.since, until: round.until, after: round.walk.cursor))
            }
        case .chore: lane.chore?.errand(at: place, console: console, about: question)
        }
    }

    private func start(of stream: ObservedStream, _ memory: FeedMemory.Stream, at now: Timestamp) -> Timestamp {
        if let position = memory.position { return position.watermark - settings.overlap }
        return stream.isInventory ? .zero : now - settings[stream].lookBack
    }

    func concludeWalk(_ answer: Answer, at place: Place, in lane: inout Lane) -> Decision<FeedEntry> {
        guard var round = lane.round else { return .nothing }
        do {
            let page = try Page(answer.result, of: place.stream.vendor, from: answer.console)
            var harvest = harvest(
                answer.memory, at: place,
                position: answer.memory.position ?? answer.memory.first(round),
                now: answer.at, latest: answer.latest)
            harvest.take(page, call: answer.call)
            harvest.passed(page, of: round.startedAt)
            let hearing = listen(to: &harvest, at: place, in: &lane, answer)
            var isWhole = false
            switch round.walk.advance(past: page) {
            case .next: lane.round = round
            case .end:
                harvest.change { $0.ended(round) }
                isWhole = true
                lane.readTo = round.until ?? round.startedAt
                end(&lane)
            case .beginAgain(let reason):
                signals.warning(
                    "walk.cut",
                    [
                        .console: .name(place.console), .label: .text(place.stream.rawValue),
                        .outcome: .text(reason.rawValue),
                    ])
                // Not the console's fault: there is more, and it is read on at once.
                if reason == .budgetSpent { lane.nextWalk = answer.at }
                end(&lane)
            }
            var decision = harvest.decision()
            decision.measures += hearing
            if isWhole { decision.measures.append(measure(.wholeWalk, .set(answer.at), at: place)) }
            return decision
        } catch {
            lane.problem = error
            lane.round = nil
            let wait = max(error.retryAfter ?? .zero, lane.walkBackoff.next())
            // A walk that lost its place goes on at its watermark, which forgets nothing.
            lane.nextWalk = answer.at + wait
            lane.isResting = true
            signals.failure(
                "page.failed", error, [.console: .name(place.console), .label: .text(place.stream.rawValue)])
            return .nothing
        }
    }

    /// Whether it brings what it used to; told when that changes.
    private func listen(
        to harvest: inout Harvest, at place: Place, in lane: inout Lane, _ answer: Answer
    ) -> [Measure] {
        guard let patience = settings.silence else { return [] }
        var watch =
            lane.silence ?? SilenceWatch(patience: patience, occasions: answer.memory.position?.heard ?? [])
        watch.brought(harvest.counts[.published] ?? 0, at: answer.at)
        harvest.change { $0.heard = watch.occasions }
        let (console, stream) = (LogValue.name(place.console), LogValue.text(place.stream.rawValue))
        switch watch.check(at: answer.at) {
        case .silent(let since)?:
            let detail = "nothing published since \(since); see what the console shows, and what is filtered"
            signals.warning("stream.silent", [.console: console, .label: stream, .errorDetail: .text(detail)])
        case .heard(let pause)?:
            let pause = LogValue.number(Int(clamping: pause.wholeMilliseconds))
            signals.info("stream.heard", [.console: console, .label: stream, .durationMilliseconds: pause])
        case nil: break
        }
        lane.silence = watch
        return [measure(.streamSilent, .set(watch.isSilent), at: place)]
    }

    func measure(_ metric: Metric, _ change: Measure.Change, at place: Place) -> Measure {
        Measure(metric, change, [.console: place.console.rawValue, .stream: place.stream.rawValue])
    }

    /// Only a whole walk is a success: a page that works before one that does not must not hide it.
    private func end(_ lane: inout Lane) {
        lane.round = nil
        lane.isResting = false
        lane.walkBackoff.reset()
    }

    func harvest(
        _ memory: FeedMemory.Stream, at place: Place, position: FeedPosition, now: Timestamp, latest: Timestamp
    ) -> Harvest {
        Harvest(
            Harvest.Field(
                console: place.console, stream: place.stream, memory: memory, shape: shape(of: place),
                catalogue: catalogue, settings: settings, now: now, latest: latest),
            position: position)
    }
}

extension FeedPosition {
    /// A walk reached the end. That is worth a record where a person waits for it, and the first time; polling that brings
    /// nothing writes nothing.
    fileprivate mutating func ended(_ round: Round) {
        caughtUp = caughtUp ?? round.startedAt
        guard let wanted = syncWanted, round.startedAt >= wanted, (synced ?? .zero) < wanted else { return }
        synced = round.startedAt
    }
}

extension Harvest {
    mutating func take(_ page: Page, call: CallID) {
        for item in page.items { take(item) }
        for item in page.unreadable { setAside(item, call: call) }
    }
}
