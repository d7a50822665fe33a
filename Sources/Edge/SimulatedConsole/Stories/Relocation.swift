import Ports

extension Telling {
    /// An endpoint is moved to the next site; nothing else happens to it.
    static let relocation = Telling(
        nature: .administration, beats: { _ in [Beat(.zero, .move(host: 0))] })
}
