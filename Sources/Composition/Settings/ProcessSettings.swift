package import Logging
package import Observability
package import PostgreSQL
package import RabbitMQ
package import StageRunner

/// Settings that every process has.
package struct ProcessSettings: Sendable {
    package var logLevel: Logger.Level
    /// `nil` chooses by whether the output is a terminal.
    package var logFormat: LogFormat?
    package var httpListen: String?
    package var shutdownGrace: Duration

    package init(_ reader: SettingsReader) throws(SettingError) {
        let level = try reader.string(.logLevel) ?? "info"
        guard let logLevel = Logger.Level(rawValue: level.lowercased()) else {
            throw SettingError(
                .logLevel, "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")), not \(level)")
        }
        self.logLevel = logLevel
        if let format = try reader.string(.logFormat) {
            guard let logFormat = LogFormat(rawValue: format) else {
                throw SettingError(.logFormat, "must be json or text, not \(format)")
            }
            self.logFormat = logFormat
        }
        httpListen = try reader.string(.httpListen)
        shutdownGrace = .seconds(try reader.seconds(.shutdownGrace, default: 25))
    }
}

extension SettingsReader {
    package func database(applicationName: String) throws(SettingError) -> PostgresConfiguration {
        let url = try required(.databaseURL)
        do { return try PostgresConfiguration(url: url, applicationName: applicationName) } catch {
            throw SettingError(.databaseURL, "is wrong: \(error)")
        }
    }

    package func broker(connectionName: String) throws(SettingError) -> RabbitMQConfiguration {
        let url = try required(.amqpURL)
        do { return try RabbitMQConfiguration(url: url, connectionName: connectionName) } catch {
            throw SettingError(.amqpURL, "is wrong: \(error)")
        }
    }

    package func dscoTiming() throws(SettingError) -> EffectTiming {
        EffectTiming(timeout: try seconds(.dscoTimeout, default: 30), settling: try seconds(.dscoSettling, default: 300))
    }

    /// A call that outlasted its slot would be one too many (LingXing contract 5: two minutes).
    package func lingXingTiming() throws(SettingError) -> EffectTiming {
        EffectTiming(
            timeout: try seconds(.lingXingTimeout, default: 60, most: 110), settling: try seconds(.lingXingSettling, default: 120)
        )
    }
}
