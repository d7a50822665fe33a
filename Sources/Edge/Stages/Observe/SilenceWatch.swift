package import Ports

/// Notices that a stream which used to bring records brings none any more: a connector that was switched off, a filter
/// that swallows all, a licence that ended. None of these is an error of any call.
///
/// Used to bring: on three occasions at least, apart from each other, so that neither the first look back nor one
/// busy hour makes a habit. A stream that never brought anything may go on like that. What is calm by habit is given
/// twice the longest pause that it was seen to make.
///
/// Told once, and once more when records come again. `occasions` is all that must outlive a restart: it changes only
/// when records came, so it can ride on the entry that is written then anyway. That silence was told is kept in
/// memory alone: a new process that finds it says so again.
package struct SilenceWatch: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        /// Nothing since then.
        case silent(since: Timestamp)
        /// Records again, after so long.
        case heard(after: Duration)
    }

    /// Occasions that make a habit.
    private static let habit = 3
    /// Occasions that are remembered: old pauses do not count for ever.
    private static let memory = 8

    /// How long nothing may come; nil where nobody wants to know.
    private let patience: Duration?
    /// When records came, oldest first. Those soon after another are the same occasion.
    package private(set) var occasions: [Timestamp]
    private var lastHeard: Timestamp?
    private var lastAsked: Timestamp?
    /// Since when, once that was told.
    private var silentSince: Timestamp?

    package init(patience: Duration?, occasions: [Timestamp] = []) {
        self.patience = patience
        self.occasions = Array(occasions.sorted().suffix(Self.memory))
        lastHeard = self.occasions.last
    }

    /// Whether silence was told and nothing came since.
    package var isSilent: Bool { silentSince != nil }

    /// The stream was asked, and so many records were published of the answer. To be called after each one, also with
    /// nothing in it: while nobody can ask, nobody knows that it is silent.
    package mutating func brought(_ count: Int, at now: Timestamp) {
        lastAsked = now
        guard count > 0, let patience else { return }
        lastHeard = max(now, lastHeard ?? now)
        // The remembered ones lie apart, so that the pages of one walk are one occasion.
        if let last = occasions.last, now - last < patience / 12 { return }
        occasions = (occasions + [now]).suffix(Self.memory)
    }

    /// What has changed since the last look; nil for nothing.
    package mutating func check(at now: Timestamp) -> Change? {
        guard let patience, let lastHeard, let lastAsked else { return nil }
        if let since = silentSince {
            guard lastHeard > since else { return nil }
            silentSince = nil
            return .heard(after: lastHeard - since)
        }
        guard occasions.count >= Self.habit, lastAsked <= now else { return nil }
        let pauses = zip(occasions, occasions.dropFirst()).map { $1 - $0 }
        guard lastAsked - lastHeard >= max(patience, (pauses.max() ?? .zero) * 2) else { return nil }
        silentSince = lastHeard
        return .silent(since: lastHeard)
    }
}
