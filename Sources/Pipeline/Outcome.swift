package import Domain
package import FoundationEssentials

/// What went wrong with one order, for its row and its timeline. No personal data.
package struct Failure: Sendable, Hashable {
    package var code: String
    package var words: String

    package init(code: String, words: String) {
        self.code = code
        self.words = words
    }
}

/// How a run ends for one order (design 6). Every outcome moves the order's next attempt.
package enum Outcome: Sendable, Hashable {
    /// The stage's goal is met.
    case advance
    /// A partner is not ready yet; not a failure. `rechecks` counts the looks in vain.
    case wait(WaitReason, until: Date, rechecks: Int)
    /// It failed; another try comes.
    case retry(Failure, until: Date, attempts: Int, sameRefusals: Int)
    /// A person is needed; only a person or a change can bring the order back.
    case hold(Hold, failure: Failure?)
}
