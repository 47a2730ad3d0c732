/// Where DSCO is and how we get in.
package struct DSCOSettings: Sendable {
    /// Without a trailing slash.
    package let baseURL: String
    package let credentials: DSCOCredentials
    /// Total time for one attempt of a call.
    package let timeout: Duration

    package init(
        baseURL: String = "https://api.dsco.io/api/v3", credentials: DSCOCredentials, timeout: Duration = .seconds(30)
    ) {
        self.baseURL = String(baseURL.reversed().drop { $0 == "/" }.reversed())
        self.credentials = credentials
        self.timeout = timeout
    }
}
