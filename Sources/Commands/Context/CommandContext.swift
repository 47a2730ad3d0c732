package import FoundationEssentials
import Glibc

/// What a command sees of the world: the tests hand in their own.
package struct CommandContext: Sendable {
    package enum Stream: Int32, Sendable { case output = 1, error = 2 }

    package var environment: [String: String]
    /// Whether somebody watches: progress is drawn only then.
    package var isWatched: Bool
    package var readInput: @Sendable () -> [UInt8]
    package var write: @Sendable (Stream, String) -> Void
    package var now: @Sendable () -> Date
    package var newID: @Sendable () -> UUID

    package init(
        environment: [String: String], isWatched: Bool = false,
        readInput: @escaping @Sendable () -> [UInt8] = { [] }, write: @escaping @Sendable (Stream, String) -> Void,
        now: @escaping @Sendable () -> Date = { Date() }, newID: @escaping @Sendable () -> UUID = { UUID() }
    ) {
        self.environment = environment
        self.isWatched = isWatched
        self.readInput = readInput
        self.write = write
        self.now = now
        self.newID = newID
    }

    /// The process as it was started.
    package static func process() -> CommandContext {
        CommandContext(
            environment: ProcessInfo.processInfo.environment, isWatched: isatty(Stream.error.rawValue) == 1,
            readInput: readStandardInput, write: writeStandard)
    }

    /// Who asks: shown in timelines, runs and the configuration's history.
    var operatorName: String {
        ["CONVEYOR_OPERATOR", "USER"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "operator"
    }

    var language: Language { Language(environment: environment) }

    func print(_ text: String) { write(.output, text.onTerminal + "\n") }

    /// A remark beside the result, which must not get into a pipe.
    func note(_ text: String) { write(.error, text.onTerminal + "\n") }

    private static func readStandardInput() -> [UInt8] {
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return input }
            input.append(contentsOf: buffer[..<count])
        }
    }

    private static func writeStandard(_ stream: Stream, _ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
