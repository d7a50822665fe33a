package import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

// What is read besides the walks: open alerts, all endpoints, and the console's counts.
extension ObserveFeed {
    func choreDue(_ lane: Lane, at place: Place, _ memory: FeedMemory.Stream) -> Timestamp {
        // First everything that there is.
        guard let position = memory.position, let caughtUp = position.caughtUp else { return .distantFuture }
        var due = [Timestamp.distantFuture]
        if place.stream == .alerts, !memory.seen.isEmpty { due.append(lane.nextRecheck) }
        if place.stream == .agents { due.append(snapshotDue(position, caughtUp)) }
        if place.stream.isCounted { due.append(reconciliationDue(lane, position, caughtUp)) }
        return max(due.min() ?? .distantFuture, lane.nextChore)
    }

    private func snapshotDue(_ position: FeedPosition, _ caughtUp: Timestamp) -> Timestamp {
        let last = position.snapshot ?? caughtUp
        if let wanted = position.syncWanted, wanted > last { return wanted }
        return settings.snapshot.next(after: last)
    }

    private func reconciliationDue(_ lane: Lane, _ position: FeedPosition, _ caughtUp: Timestamp) -> Timestamp {
        let last = position.reconciled ?? caughtUp
        let wanted = position.reconciliationWanted.flatMap { $0 > last ? $0 : nil }
        return max(wanted ?? last + settings.reconcileEvery, lane.nextReconciliation)
    }

    /// nil where there is nothing to do after all; then it is due again later.
    func chore(at place: Place, _ lane: inout Lane, _ memory: FeedMemory.Stream, _ now: Timestamp) -> Chore? {
        guard let position = memory.position, let caughtUp = position.caughtUp else { return nil }
        if place.stream.isCounted, reconciliationDue(lane, position, caughtUp) <= now {
            let work = Reconciliation(position, lane, settings, of: place.stream, at: now)
            guard work.nothing != nil else { return .reconciliation(work) }
            lane.nextReconciliation = now + settings.reconcileEvery
            return nil
        }
        switch place.stream {
        case .alerts:
            lane.nextRecheck = now + lane.pause(of: settings.recheck)
            return Recheck(memory, at: now).map { .recheck($0) }
        case .agents: return .snapshot(Snapshot(at: now))
        case .threats, .activities, .groups: return nil
        }
    }

    func concludeChore(_ answer: Answer, at place: Place, in lane: inout Lane) -> Decision<FeedEntry> {
        guard let chore = lane.chore, let position = answer.memory.position else { return .nothing }
        var harvest = harvest(answer.memory, at: place, position: position, now: answer.at, latest: answer.latest)
        do throws(ReadProblem) {
            switch chore {
            case .recheck(var work):
                let page = try Page(answer.result, of: .alerts, from: answer.console)
                let isDone = work.take(page, call: answer.call, memory: answer.memory, into: &harvest)
                lane.chore = isDone ? nil : .recheck(work)
            case .snapshot(var work):
                let page = try Page(answer.result, of: .agents, from: answer.console)
                switch work.take(page, call: answer.call, memory: answer.memory, into: &harvest) {
                case .goesOn: lane.chore = .snapshot(work)
                case .done:
                    harvest.change { $0.snapshot = work.startedAt }
                    lane.chore = nil
                case .cut: throw .incomplete("the list of all endpoints was not whole")
                }
            case .reconciliation(var work):
                let before = work.repaired
                let changes = try work.take(answer, of: place.stream, into: &harvest)
                lane.chore = work.isDone ? nil : .reconciliation(work)
                lane.choreBackoff.reset()
                var decision = harvest.decision(also: changes)
                decision.measures += repaired(work.repaired - before, at: place)
                return decision
            }
            if lane.chore == nil { lane.choreBackoff.reset() }
            return harvest.decision()
        } catch {
            lane.problem = error
            signals.failure(
                "page.failed", error, [.console: .name(place.console), .label: .text(place.stream.rawValue)])
            lane.chore = nil
            lane.nextChore = answer.at + max(error.retryAfter ?? .zero, lane.choreBackoff.next())
            return .nothing
        }
    }
}

extension ObserveFeed {
    /// Told loudly: polling missed something.
    private func repaired(_ count: Int, at place: Place) -> [Measure] {
        guard count > 0 else { return [] }
        signals.warning(
            "gap.repaired",
            [.console: .name(place.console), .label: .text(place.stream.rawValue), .count: .number(count)])
        return [measure(.gapsFound, .add(count), at: place), measure(.gapsRepaired, .add(count), at: place)]
    }
}

// What is looked for on the topic itself.
extension ObserveFeed {
    package func readBacks(for key: Bytes) -> [ReadBack] {
        places(of: key).compactMap { place in
            guard let lane = lanes[place], lane.asked == nil, case .reconciliation(let work)? = lane.chore,
                let sought = work.soughtOnTopic
            else { return nil }
            let topic = catalogue.observed(place.stream).name
            return ReadBack(id: work.readBackID(at: place), topic: topic) { record in
                // Other consoles share the topic, and their ids are their own.
                guard record.key?.text.flatMap({ Subject($0) })?.console == place.console else { return nil }
                return record.headers["docket-record"].flatMap { sought.contains($0) ? $0 : nil }
            }
        }
    }

    package mutating func conclude(
        _ readBack: ReadBack, found: Set<String>, for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> Decision<FeedEntry> {
        for place in places(of: key) {
            guard var lane = lanes[place] else { continue }
            if let before = lane.before, before.call == readBack.id { lane.chore = before.chore }
            guard case .reconciliation(var work)? = lane.chore, work.readBackID(at: place) == readBack.id,
                let position = memory[place.stream].position
            else { continue }
            lane.before = Lane.Before(call: readBack.id, asked: nil, round: lane.round, chore: lane.chore)
            var harvest = harvest(
                memory[place.stream], at: place, position: position, now: now, latest: now)
            let changes = work.take(found: found, memory: memory[place.stream], into: &harvest)
            lane.chore = work.isDone ? nil : .reconciliation(work)
            lanes[place] = lane
            return harvest.decision(also: changes)
        }
        return .nothing
    }
}

extension Reconciliation {
    fileprivate func readBackID(at place: Place) -> CallID {
        CallID("\(place.console)/\(place.stream.rawValue)/read-back@\(startedAt)/\(step)")
    }
}
