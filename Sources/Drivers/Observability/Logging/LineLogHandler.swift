package import FoundationEssentials
package import Logging

/// Writes every event as one line, in one write, after ``Redaction`` has seen all of it.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let output: LogOutput
    private let redaction: Redaction
    private let now: @Sendable () -> Date

    package init(
        label: String,
        level: Logger.Level = .info,
        format: LogFormat,
        output: LogOutput = .standardError,
        redaction: Redaction = Redaction(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.output = output
        self.redaction = redaction
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        // The nearer to the call, the stronger: handler, then provider, then the event's own.
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        let line = LogLine(time: now(), label: label, event: event, metadata: merged, redaction: redaction)
        switch format {
        case .json: output.write(line.json())
        case .text: output.write(line.text(colour: output.isTerminal))
        }
    }
}
