/// A process setting: its environment variable, its place in `env.yaml`, and its meaning in a few words (design 3).
package struct Setting: Sendable, Hashable {
    package var variable: String
    package var path: String
    package var isSecret = false

    static let databaseURL = Setting(variable: "DATABASE_URL", path: "database.url", isSecret: true)
    static let amqpURL = Setting(variable: "AMQP_URL", path: "amqp.url", isSecret: true)
    static let dscoBaseURL = Setting(variable: "DSCO_BASE_URL", path: "integration.dsco.base_url")
    static let dscoToken = Setting(variable: "DSCO_TOKEN", path: "auth.dsco.token", isSecret: true)
    static let dscoClientID = Setting(variable: "DSCO_CLIENT_ID", path: "auth.dsco.client_id")
    static let dscoClientSecret = Setting(variable: "DSCO_CLIENT_SECRET", path: "auth.dsco.client_secret", isSecret: true)
    static let dscoTimeout = Setting(variable: "DSCO_TIMEOUT_SECONDS", path: "integration.dsco.timeout_seconds")
    static let dscoSettling = Setting(variable: "DSCO_SETTLING_SECONDS", path: "integration.dsco.settling_seconds")
    static let lingXingBaseURL = Setting(variable: "LINGXING_BASE_URL", path: "integration.lingxing.base_url")
    static let lingXingAppID = Setting(variable: "LINGXING_APP_ID", path: "auth.lingxing.app_id")
    static let lingXingAppSecret = Setting(variable: "LINGXING_APP_SECRET", path: "auth.lingxing.app_secret", isSecret: true)
    static let lingXingPlatformCode = Setting(variable: "LINGXING_PLATFORM_CODE", path: "integration.lingxing.platform_code")
    static let lingXingTimeZone = Setting(variable: "LINGXING_TIME_ZONE", path: "integration.lingxing.time_zone")
    static let lingXingTimeout = Setting(variable: "LINGXING_TIMEOUT_SECONDS", path: "integration.lingxing.timeout_seconds")
    static let lingXingSettling = Setting(variable: "LINGXING_SETTLING_SECONDS", path: "integration.lingxing.settling_seconds")
    static let lingXingMinimumGap = Setting(variable: "LINGXING_MIN_GAP_SECONDS", path: "integration.lingxing.min_gap_seconds")
    static let httpListen = Setting(variable: "HTTP_LISTEN", path: "http.listen")
    static let logLevel = Setting(variable: "LOG_LEVEL", path: "log.level")
    static let logFormat = Setting(variable: "LOG_FORMAT", path: "log.format")
    static let shutdownGrace = Setting(variable: "SHUTDOWN_GRACE_SECONDS", path: "shutdown.grace_seconds")
}

/// A wrong or missing setting. One line that names it; the value of a secret is never shown.
package struct SettingError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ setting: Setting, _ problem: String) {
        description = "\(setting.variable) (\(setting.path) in env.yaml) \(problem)"
    }

    init(_ problem: String) { description = problem }
}
