import Glibc
import Ports
import SQLite

// How members of one group share its partitions, without anybody who leads them.
//
// `members` has a row for each, with the moment until which it keeps what it owns; `leases` one for each partition
// number, with its owner and an epoch that grows whenever the owner changes. A member does everything for itself, when
// it polls: it renews its row, removes the rows of the dead, takes from what is free no more than its share, and, when
// it was told so by an earlier poll, gives up what is more than its share. Each of those is one transaction in which
// all is looked at again; and each turn's transaction looks whether its epochs still stand. So whatever anybody
// believed before, at the moment of a commit a partition has one owner.
//
// A member is dead when its process is (the kernel dropped its lock), when it has not renewed in time (it is frozen,
// or its loop hangs), or when the machine was started anew. Members are numbered by the log: two processes with one
// instance name are two members, and harm nobody.

/// One member's place in its group, given up when it is let go of.
final class Membership {
    /// What a member owns and since which epoch, and what of it others wait for.
    struct Standing {
        var epochs: [Int32: Int64] = [:]
        var excess: Set<Int32> = []
    }

    private let group: String
    private let count: Int32
    private let file: LogFile
    private let clock: LeaseClock
    /// Where the members' locks are; nil in memory, where nobody dies without letting go.
    private let directory: String?
    private let id: Int64
    private let life: FileLock?
    private var renewed: Duration
    /// When the next of the others may have to be found dead.
    private var nextLapse = Duration.zero

    /// `count` is that of the group's partitions.
    init(of group: String, count: Int32, in file: LogFile, clock: LeaseClock, directory: String?) throws(LogFailure) {
        self.group = group
        self.count = count
        self.file = file
        self.clock = clock
        self.directory = directory
        let now = clock.uptime()
        renewed = now
        // Others see the row first and the lock a moment later; without one they go by the time in the row.
        id = try file.enrol(in: group, count: count, boot: clock.boot, until: now + file.limits.lease)
        life = if let directory { try FileLock(provingLife: Self.lock(of: id, in: directory)) } else { nil }
        file.bell?.ring()
    }

    deinit {
        do throws(LogFailure) {
            try file.dismiss([id], from: group)
            if let directory { unlink(Self.lock(of: id, in: directory)) }
        } catch {
            // The lock stays and is nobody's any more, which says the same.
        }
        withExtendedLifetime(life) {}
        file.bell?.ring()
    }

    /// Does what a member does about its group, and answers how it stands then. `givingUp` what is more than its
    /// share, else that is only told.
    func attend(givingUp: Bool) throws(LogFailure) -> Standing {
        var survey = try file.reading { () throws(SQLiteFailure) in try self.survey() }
        if givingUp || isRenewalDue || !survey.dead.isEmpty || !survey.gains.isEmpty {
            survey = try file.leasing { () throws(SQLiteFailure) in try self.settle(givingUp: givingUp) }
            if let directory { for member in survey.buried { unlink(Self.lock(of: member, in: directory)) } }
            if survey.isNews { file.bell?.ring() }
        }
        nextLapse = survey.nextLapse
        return survey.standing
    }

    /// How long a member may sleep before it has to attend again.
    var patience: Duration { max(.milliseconds(1), min(renewed + renewal, nextLapse) - clock.uptime()) }

    /// Tells the others to wait for what this member has in flight, longer than a lease.
    func askForPatience() throws(LogFailure) {
        let until = clock.uptime() + file.limits.farewell
        try file.leasing { () throws(SQLiteFailure) in
            try self.file.statements.extendMember.run(.integer(until.wholeMicroseconds), .integer(self.id))
        }
    }

    /// For who is busy and does not poll.
    func renewIfDue() throws(LogFailure) {
        if isRenewalDue { try file.leasing { () throws(SQLiteFailure) in try self.renew() } }
    }

    /// Whether all of this still is the member's own. Inside the transaction that it fences; and as long as it stands,
    /// a turn is as good a sign of life as a poll.
    func stillHolds(_ epochs: [Int32: Int64]) throws(SQLiteFailure) -> Bool {
        var current: [Int32: Int64] = [:]
        try file.statements.selectLeases.each([.text(group)]) { row in
            if row.integer(2) == self.id { current[Int32(clamping: row.integer(0))] = row.integer(1) }
            return true
        }
        guard epochs.allSatisfy({ current[$0.key] == $0.value }) else { return false }
        if isRenewalDue { try renew() }
        return true
    }

    private var renewal: Duration { file.limits.lease / 3 }
    private var isRenewalDue: Bool { clock.uptime() - renewed >= renewal }

    private func renew() throws(SQLiteFailure) {
        // Should the transaction fail, the next renewal is due soon enough all the same.
        renewed = clock.uptime()
        try file.statements.extendMember.run(
            .integer((renewed + file.limits.lease).wholeMicroseconds), .integer(id))
    }

    fileprivate static func lock(of member: Int64, in directory: String) -> String {
        "\(directory)/member.\(member).lock"
    }
}

// Looking and acting.
extension Membership {
    private struct Survey {
        var standing = Standing()
        /// Free, and this member's due.
        var gains: Set<Int32> = []
        var dead: [Int64] = []
        var buried: [Int64] = []
        /// Whether others may now take what they could not before.
        var isNews = false
        var nextLapse = Duration.seconds(Int64(Int32.max))
    }

    private func survey() throws(SQLiteFailure) -> Survey {
        let now = clock.uptime()
        var survey = Survey()
        var living: Set<Int64> = [id]
        try file.statements.selectMembers.each([.text(group)]) { row in
            let (other, until) = (row.integer(0), Duration.microseconds(row.integer(2)))
            if other == self.id { return true }
            if row.text(1) != self.clock.boot || until < now || self.isKnownDead(other) {
                survey.dead.append(other)
            } else {
                living.insert(other)
                survey.nextLapse = min(survey.nextLapse, until)
            }
            return true
        }
        var owners: [Int32: Int64] = [:]
        try file.statements.selectLeases.each([.text(group)]) { row in
            let (number, owner) = (Int32(clamping: row.integer(0)), row.integer(2))
            if living.contains(owner) { owners[number] = owner }
            if owner == self.id { survey.standing.epochs[number] = row.integer(1) }
            return true
        }
        let roster = Roster(members: living.sorted(), count: count, owners: owners)
        let share = roster.share(of: id)
        survey.standing.excess = Set(survey.standing.epochs.keys).subtracting(share)
        survey.gains = share.filter { owners[$0] == nil }
        return survey
    }

    /// In one transaction; answers with what it left.
    private func settle(givingUp: Bool) throws(SQLiteFailure) -> Survey {
        let survey = try survey()
        try file.bury(survey.dead, of: group)
        renewed = clock.uptime()
        try file.statements.upsertMember.run(
            .integer(id), .text(group), .text(clock.boot), .integer((renewed + file.limits.lease).wholeMicroseconds))
        if givingUp {
            for number in survey.standing.excess.sorted() {
                try file.statements.freeLease.run(.text(group), .integer(Int64(number)))
            }
        }
        for number in survey.gains.sorted() {
            try file.statements.takeLease.run(.integer(id), .text(group), .integer(Int64(number)))
        }
        var after = try self.survey()
        after.buried = survey.dead
        after.isNews = !survey.dead.isEmpty || (givingUp && !survey.standing.excess.isEmpty)
        return after
    }

    private func isKnownDead(_ member: Int64) -> Bool {
        guard let directory else { return false }
        return FileLock.isOrphaned(Self.lock(of: member, in: directory))
    }
}
