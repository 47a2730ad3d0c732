import Commands
import Foundation
import JSON
import Synchronization
import TestSupport

/// Runs command lines as a shell would, and keeps what they print.
struct Shell: Sendable {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        func json() throws -> JSON { try JSON.parse(output) }
    }

    private final class Screen: Sendable {
        let texts = Mutex<[CommandContext.Stream: String]>([:])
    }

    var environment: [String: String]
    var input = ""
    var now: @Sendable () -> Date = { Date() }

    static let migrations = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../migrations")
        .standardizedFileURL

    /// - Parameter database: none for commands that must do without.
    init(_ database: TestDatabase? = nil, broker: TestVhost? = nil, _ more: [String: String] = [:]) {
        environment = ["CONVEYOR_OPERATOR": "ming", "CONVEYOR_MIGRATIONS": Self.migrations.path()]
        environment["DATABASE_URL"] = database?.url
        environment["AMQP_URL"] = broker?.amqpURL
        environment.merge(more) { _, new in new }
    }

    func callAsFunction(_ arguments: String...) async -> Result { await run(arguments) }

    func run(_ arguments: [String]) async -> Result {
        let screen = Screen()
        let context = CommandContext(
            environment: environment, readInput: { [input] in Array(input.utf8) },
            write: { stream, text in screen.texts.withLock { $0[stream, default: ""] += text } }, now: now)
        let status = await Conveyor.run(arguments, in: context)
        return screen.texts.withLock { Result(status: status, output: $0[.output] ?? "", errors: $0[.error] ?? "") }
    }
}
