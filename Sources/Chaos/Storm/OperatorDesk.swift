import Domain
import Rehearsal

/// The person at the command line.
struct OperatorDesk: Sendable {
    let conveyor: String
    let environment: [String: String]
    let log: String

    /// - Returns: whether the command succeeded; it may not, while the database or the broker is away.
    @discardableResult
    func run(_ arguments: [String]) async throws -> Bool {
        try await ChildProcess(conveyor, arguments, environment: environment, log: log).exit() == .status(0)
    }
}
