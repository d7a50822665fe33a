import Ports

/// The look-ups of a stage between the turn that asked and the turn that heard the answer.
struct Questions {
    struct Question {
        let place: Place
        let ask: Ask
        let trace: String?

        var call: CallID { CallID("\(place)/\(ask.id)") }
    }

    struct Answer {
        let question: Question
        let result: HTTPResult
        let at: Timestamp

        /// What follows from an answer is named after the question, so asking again names the same.
        var cause: Cause { Cause(id: question.ask.id, at: at, trace: question.trace) }
    }

    private var calls: CallsInFlight<Question>?
    private let roomInFlight: Int
    private let roomInQueue: Int
    private var queue: [Question] = []
    private var known: Set<CallID> = []
    /// Answers that no committed turn has heard yet.
    private(set) var answers: [Answer] = []
    /// Places whose questions found no room: to be asked what is unanswered once there is some.
    private var postponed: Set<Place> = []

    init(_ calls: (any HTTPCalls)?, inFlight: Int, queued: Int) {
        self.calls = calls.map { CallsInFlight($0) }
        roomInFlight = inFlight
        roomInQueue = queued
    }

    /// Whether `collect` should be called again soon.
    var isBusy: Bool { !(calls?.isEmpty ?? true) || !queue.isEmpty || !answers.isEmpty }

    /// Wants an answer. What is asked already is not asked twice.
    mutating func ask(_ question: Question) {
        guard !known.contains(question.call) else { return }
        guard queue.count < roomInQueue else {
            postponed.insert(question.place)
            return
        }
        known.insert(question.call)
        queue.append(question)
    }

    /// As many postponed places as there may be room for, once the queue is half empty.
    mutating func takePostponed() -> [Place] {
        guard queue.count <= roomInQueue / 2 else { return [] }
        var places: [Place] = []
        while places.count < roomInQueue - queue.count, let place = postponed.popFirst() { places.append(place) }
        return places
    }

    /// Takes in what has ended, waiting at most so long for the first of it, and starts what there is room for.
    /// Returns how many calls were started and how many answers nobody wants any more.
    mutating func collect(waiting: Duration, at clock: () -> Timestamp) -> (started: Int, dropped: Int) {
        guard let (ended, dropped) = calls?.finished(waiting: waiting) else { return (start(at: clock), 0) }
        let now = clock()
        answers += ended.map { Answer(question: $0, result: $1, at: now) }
        return (start(at: clock), dropped)
    }

    /// Starts what there is room for and returns how many that were.
    mutating func start(at clock: () -> Timestamp) -> Int {
        guard calls != nil else {
            let now = clock()
            let failure = HTTPFailure(.notSent, code: "no-calls", detail: "this loop was given nobody to ask")
            answers += queue.map { Answer(question: $0, result: .failure(failure), at: now) }
            queue = []
            return 0
        }
        guard !queue.isEmpty, (calls?.count ?? 0) < roomInFlight else { return 0 }
        var started = 0
        var blocked: [Question] = []
        for (index, question) in queue.enumerated() {
            guard let inFlight = calls?.count, inFlight < roomInFlight else {
                blocked += queue[index...]
                break
            }
            // The same question from an earlier assignment may still be in flight: its answer is not for us.
            if calls?.contains(question.call) == true {
                blocked.append(question)
            } else {
                calls?.start(question.ask.request, as: question.call, for: question)
                started += 1
            }
        }
        queue = blocked
        return started
    }

    /// The first so many answers were heard by a turn that committed.
    mutating func settle(_ count: Int) {
        for answer in answers.prefix(count) { known.remove(answer.question.call) }
        answers.removeFirst(count)
    }

    /// The partitions went away: whoever gets them asks again.
    mutating func forget() -> Int {
        let dropped = answers.count
        calls?.abandon()
        queue = []
        known = []
        answers = []
        postponed = []
        return dropped
    }
}
