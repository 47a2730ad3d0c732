package import Pipeline

/// What is wrong with one order alone, found while it was looked up or decided: it is tried again later, the others go on.
package struct OrderTrouble: Error, Sendable, Hashable {
    package var failure: Failure
    /// Whether it counts as an attempt of the order. That a partner gave no answer about it says nothing against the order.
    package var isAttempt: Bool

    package init(code: String, words: String) { self.init(Failure(code: code, words: words)) }

    package init(_ failure: Failure, isAttempt: Bool = true) {
        self.failure = failure
        self.isAttempt = isAttempt
    }
}

extension Failure {
    /// Why an order could not be decided.
    init(deciding error: any Error) {
        self = (error as? OrderTrouble)?.failure ?? Failure(code: "undecided", words: "\(error)")
    }
}
