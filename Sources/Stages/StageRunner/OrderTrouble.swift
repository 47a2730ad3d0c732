package import Pipeline

/// What is wrong with one order alone, found while it was looked up or decided: it is tried again later, the others go on.
package struct OrderTrouble: Error, Sendable, Hashable {
    package var failure: Failure

    package init(code: String, words: String) { failure = Failure(code: code, words: words) }

    package init(_ failure: Failure) { self.failure = failure }
}

extension Failure {
    /// Why an order could not be decided.
    init(deciding error: any Error) {
        self = (error as? OrderTrouble)?.failure ?? Failure(code: "undecided", words: "\(error)")
    }
}
