import Ports

/// What is still to come, earliest first; of one moment, in the order in which it was put down.
struct Agenda<Happening: Sendable>: Sendable {
    private var heap: [(due: Timestamp, number: Int, what: Happening)] = []
    private var count = 0

    var next: Timestamp? { heap.first?.due }

    mutating func put(_ what: Happening, at due: Timestamp) {
        heap.append((due, count, what))
        count += 1
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func take() -> (due: Timestamp, what: Happening)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.due, first.what)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].due, heap[left].number) < (heap[right].due, heap[right].number)
    }
}
