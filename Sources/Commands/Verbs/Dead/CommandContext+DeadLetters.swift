import Composition
import Domain
import JSON
import PostgreSQL
import RabbitMQ
import StageRunner

extension CommandContext {
    /// Lends the dead letters of a stage to the body, to nobody else meanwhile, and gives back what it leaves.
    ///
    /// - Parameters:
    ///   - limit: how many are taken at most; `nil` takes all.
    func withDeadLetters<Result>(
        of stage: Stage, limit: Int? = nil, _ body: (inout DeadLetters) async throws -> Result
    ) async throws -> Result {
        try await withSession { session in
            try await hold(stage, session)
            let broker = try await settings().broker(connectionName: "conveyor")
            return try await withPublisher(broker, topology: .conveyor) { publisher in
                var count = 0
                var letters = try await DeadLetters.hold(stage, publisher) { _ in
                    count += 1
                    return count == limit
                }
                do {
                    let result = try await body(&letters)
                    try await letters.giveBack()
                    return result
                } catch {
                    // What it did is done; the connection's end gives back whatever this cannot.
                    try? await letters.giveBack()
                    throw error
                }
            }
        }
    }

    /// Waits for whoever looks at the stage's dead letters now: a letter in other hands would seem not to be there.
    private func hold(_ stage: Stage, _ session: PostgresConnection) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(15)
        let key = Int32(Stage.allCases.firstIndex(of: stage) ?? 0)
        while try await session.tryAdvisoryLocks(LockClass.deadLetters, [key]).isEmpty {
            guard clock.now < deadline else {
                throw CommandFailure(
                    .failed, "Somebody else is working on the dead letters of \(stage.rawValue). Try again when they are done.")
            }
            try await clock.sleep(for: .milliseconds(50))
        }
    }
}

extension CommandContext {
    /// What was done to which letters.
    func printLetters(_ letters: [DeadLetter], done: String, isJSON: Bool) {
        if isJSON {
            print(JSON.object(JSONObject([(done, .array(letters.map { .string($0.id) }))])).text())
        } else if letters.isEmpty {
            print("No dead letter.")
        } else {
            for letter in letters { print("\(done) \(letter.id)") }
        }
    }
}
