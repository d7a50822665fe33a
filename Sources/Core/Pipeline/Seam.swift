/// The named places at which a test may kill the program: before and after each commit and each call.
///
/// A seam is called `<loop>.<commit|call>.<what>.<before|after>`, e.g. `perform.call.disconnect.before`. In
/// production `reached` does nothing.
package struct Seams: Sendable {
    package let reached: @Sendable (String) -> Void

    package init(reached: @escaping @Sendable (String) -> Void) { self.reached = reached }

    package static let none = Seams { _ in }
}
