package import FoundationEssentials

/// How LingXing is reached (design 3).
package struct LingXingSettings: Sendable {
    /// `https://openapi.lingxing.com`, without a slash at its end: a doubled one is a wrong path there (LingXing contract 3).
    package let baseURL: String
    package let credentials: LingXingCredentials
    /// The platform of pushed orders; 10009 is the custom platform.
    package var platformCode: Int
    /// The zone of LingXing's times without one.
    package var timeZone: TimeZone
    /// Total time of one attempt.
    package var timeout: Duration

    package init(
        baseURL: String, credentials: LingXingCredentials, platformCode: Int = 10009, timeZone: TimeZone,
        timeout: Duration = .seconds(60)
    ) {
        var base = baseURL[...]
        while base.last == "/" { base = base.dropLast() }
        self.baseURL = String(base)
        self.credentials = credentials
        self.platformCode = platformCode
        self.timeZone = timeZone
        self.timeout = timeout
    }
}
