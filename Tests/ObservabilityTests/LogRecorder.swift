import Foundation
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import Observability

/// A log output that keeps the lines, and a logger over it with a fixed clock.
struct LogRecorder {
    private let written = NIOLockedValueBox<[String]>([])

    var lines: [String] { written.withLockedValue { $0 } }

    func output(isTerminal: Bool = false) -> LogOutput {
        LogOutput(isTerminal: isTerminal) { [written] line in written.withLockedValue { $0.append(line) } }
    }

    func logger(_ label: String = "push", format: LogFormat, isTerminal: Bool = false) -> Logger {
        Logger(label: label) { label in
            LineLogHandler(
                label: label, level: .trace, format: format, output: output(isTerminal: isTerminal),
                now: { Date(timeIntervalSince1970: 1_763_725_140.125) })
        }
    }

    /// The only line, read back as JSON.
    func object() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: Any])
    }
}
