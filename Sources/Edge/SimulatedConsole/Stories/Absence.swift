import Ports

extension Telling {
    /// On a ship, in a drawer: nothing is heard for four days, then it is back.
    static let absence = Telling(
        nature: .administration, prefers: \.isWorkstation,
        beats: { _ in [Beat(.zero, .silence(host: 0)), Beat(.seconds(4 * 86_400), .wake(host: 0))] })
}
