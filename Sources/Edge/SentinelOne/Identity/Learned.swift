/// What was learned, or why it was not. Nothing is guessed in between.
package enum Learned<Value: Sendable>: Sendable {
    case known(Value)
    case unknown(why: String)

    package var value: Value? {
        switch self {
        case .known(let value): value
        case .unknown: nil
        }
    }

    package var why: String? {
        switch self {
        case .known: nil
        case .unknown(let why): why
        }
    }
}

extension Learned: Equatable where Value: Equatable {}
