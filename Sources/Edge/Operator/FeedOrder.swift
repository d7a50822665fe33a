package import Contracts
package import Investigation
import Ports

extension Command {
    /// What ingest is to do at once.
    package struct FeedOrder: Equatable, Sendable {
        package let wish: FeedWish
        /// As they were written: a console, a stream, or both.
        package let words: [String]
        /// nil: nothing is ordered, what is known is shown.
        package let signing: Signing?
        /// How long it is waited for, once ingest has taken it.
        package let patience: Duration

        package init(_ wish: FeedWish, _ words: [String] = [], signing: Signing?, patience: Duration? = nil) {
            self.wish = wish
            self.words = words
            self.signing = signing
            self.patience = patience ?? wish.patience
        }
    }
}

extension FeedWish {
    /// A walk from the watermark on is a few pages; a comparison may ask for days and hours, and read a topic.
    fileprivate var patience: Duration {
        switch self {
        case .sync: .seconds(60)
        case .reconcile: .seconds(300)
        }
    }
}

extension Asked {
    func feedOrder(_ wish: FeedWish) throws(Invocation.Misuse) -> Command.FeedOrder {
        let objects = Array(words.plain.dropFirst())
        guard objects.count <= 2 else {
            throw misuse("docket \(verb) takes a console and a stream at most, found \"\(objects[2])\"")
        }
        if words["--last"] != nil {
            if let foreign = ["--key", "--as", "--wait", "--no-wait"].first(where: { words[$0] != nil }) {
                throw misuse("--last orders nothing, and takes no \(foreign)")
            }
            return Command.FeedOrder(wish, objects, signing: nil)
        }
        return Command.FeedOrder(wish, objects, signing: try signing(), patience: try patience())
    }

    private func patience() throws(Invocation.Misuse) -> Duration? {
        guard let text = words["--wait"] else { return nil }
        if words["--no-wait"] != nil { throw misuse("--wait and --no-wait exclude each other") }
        guard let seconds = Int(text), (1...3_600).contains(seconds) else {
            throw misuse("--wait takes a whole number of seconds from 1 to 3600, found \"\(text)\"")
        }
        return .seconds(seconds)
    }
}

/// Which streams of which consoles a person means.
package struct Reach: Equatable, Sendable {
    package let consoles: [ConsoleID]
    /// nil: all that are read.
    package let stream: ObservedStream?
    let streams: [ObservedStream]

    /// Refuses what the settings do not have. One word is a console, or a stream of all of them.
    package init(
        _ words: [String], for wish: FeedWish, consoles known: [ConsoleID], reading: [ObservedStream]
    ) throws(Refusal) {
        let console = words.first.flatMap { word in known.first { $0.rawValue == word } }
        var rest = words[...]
        if console != nil || words.count > 1 {
            let name = rest.removeFirst()
            guard console != nil else {
                throw Refusal("no console \(name) in the settings", candidates: known.map(\.rawValue))
            }
        }
        consoles = console.map { [$0] } ?? known
        stream = try rest.first.map { word throws(Refusal) in
            let streams = ObservedStream.allCases.map(\.rawValue)
            guard let stream = ObservedStream(rawValue: word) else {
                guard console == nil else { throw Refusal("no stream \(word)", candidates: streams) }
                let all = known.map(\.rawValue) + streams
                throw Refusal(
                    "\(word) is neither a console of the settings nor a stream",
                    candidates: all.nearest(to: word).map { [$0] } ?? all)
            }
            return stream
        }
        if let stream, !reading.contains(stream) {
            throw Refusal("\(stream) are not read: ingest.streams.\(stream).on is false in the settings")
        }
        if wish == .reconcile, let stream, !stream.isCounted {
            let counted = ObservedStream.allCases.filter(\.isCounted).map(\.rawValue)
            throw Refusal("\(stream) have no comparison: \(Self.uncounted)", candidates: counted)
        }
        streams = stream.map { [$0] } ?? reading
    }

    static let uncounted = "the console does not count them by time of creation; docket sync has them read whole"

    var places: [FeedPlace] {
        consoles.flatMap { console in streams.map { FeedPlace(console: console, stream: $0) } }
    }
}

/// One stream of one console.
package struct FeedPlace: Hashable, Sendable {
    package let console: ConsoleID
    package let stream: ObservedStream

    package init(console: ConsoleID, stream: ObservedStream) {
        self.console = console
        self.stream = stream
    }
}
