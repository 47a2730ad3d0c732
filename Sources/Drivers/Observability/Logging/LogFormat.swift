/// How a log line looks (`LOG_FORMAT`, design 3).
package enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// Aligned columns, for people.
    case text

    /// What is used where no format is set: text on a terminal, else JSON.
    package static func standard(for output: LogOutput) -> LogFormat {
        output.isTerminal ? .text : .json
    }
}
