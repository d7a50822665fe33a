/// The named places at which a test may kill the program: before and after each commit and each call.
///
/// A seam is called `<loop>.<commit|call>.<what>.<before|started|after>`, e.g. `perform.call.isolate.before`; a call is
/// `started` when the client has it, which need not have sent it yet, and `after` when its answer is in memory:
///
/// - StageRunner: `commit.turn`
/// - FeedRunner: `call.<label>`, `commit.<label>` of the errand whose answer it is, `commit.orders`
/// - EffectRunner: `call.<label>`, and `commit.intent` where a turn holds the intent of a call, else `commit.outcome`
///   where it says what became of one, else `commit.request` where it consumed records, else `commit.note`
///
/// In production `reached` does nothing.
package struct Seams: Sendable {
    package let reached: @Sendable (String) -> Void

    package init(reached: @escaping @Sendable (String) -> Void) { self.reached = reached }

    package static let none = Seams { _ in }
}
