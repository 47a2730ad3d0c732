import Dispatch

/// One request under way and what has come back so far.
struct Exchange {
    enum Cancellation { case none, asked, passedOn }

    let id: Int
    let sentAt = ContinuousClock.now
    let request: PostgresRequest
    /// The longest silence of the server that is borne; every answer starts it anew, so a pipeline has it for each query.
    let limit: Duration?
    var deadline: DispatchTime?
    let cancelRequest: CancelRequest?
    var cancellation = Cancellation.none
    var answers: [PostgresRows] = []
    var failure: PostgresError?
    /// All answers are in; only a cancel request is still on its way.
    var isAnswered = false
    let completion: (Result<[PostgresRows], PostgresError>) -> Void

    var result: Result<[PostgresRows], PostgresError> { failure.map { .failure($0) } ?? .success(answers) }

    mutating func extendDeadline() {
        guard cancellation == .none else { return }
        deadline = limit.map { .now() + $0.dispatchInterval }
    }
}
