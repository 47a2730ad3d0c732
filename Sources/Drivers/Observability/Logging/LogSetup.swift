package import Logging

/// Installs the process's log backend.
package enum LogSetup {
    /// Call once, before the first logger is made: swift-log stops the process at a second call.
    ///
    /// - Parameters:
    ///   - level: the lowest level that is written (`LOG_LEVEL`).
    ///   - format: `nil` takes text on a terminal and JSON elsewhere (`LOG_FORMAT`).
    package static func bootstrap(level: Logger.Level, format: LogFormat?, output: LogOutput = .standardError) {
        let format = format ?? .standard(for: output)
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, level: level, format: format, output: output)
        }
    }
}
