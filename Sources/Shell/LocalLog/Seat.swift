import Ports

/// The right to be a group's one member, given back when it is let go of.
enum Seat {
    case file(FileLock)
    case memory(MemorySeat)
}

/// Which groups have a member, for a log in memory.
final class MemorySeats {
    fileprivate var taken: Set<String> = []
}

final class MemorySeat {
    private let group: String
    private let seats: MemorySeats

    init(of group: String, in seats: MemorySeats) throws(LogFailure) {
        guard seats.taken.insert(group).inserted else {
            throw LogFailure(
                .stop, code: "log.group-taken",
                detail: "the group \(group) has a member already in this process: let go of that one first")
        }
        self.group = group
        self.seats = seats
    }

    deinit { seats.taken.remove(group) }
}
