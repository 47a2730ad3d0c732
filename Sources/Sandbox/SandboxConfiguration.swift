/// Everything that can be set about a sandbox. Times are seconds.
package struct SandboxConfiguration: Sendable {
    /// 0 takes a free port.
    package var host = "127.0.0.1"
    package var port = 0
    package var seed: UInt64 = 1
    /// Orders that exist at DSCO at the start, with the default mix.
    package var orders = 0
    /// SKUs of the fixed world; at least 40. Those above 40 are plain.
    package var skus = 40
    package var dsco = DSCO()
    package var lingXing = LingXing()
    /// A file that every recorded DSCO request is appended to, as JSON Lines.
    package var recordFile: String?
    /// Whether write requests are kept; what is measured does without.
    package var recordsRequests = true

    package init() {}

    package struct DSCO: Sendable {
        package var clientID = "sandbox-client"
        package var clientSecret = "sandbox-dsco-secret"
        /// The old static key, still accepted (DSCO contract 1).
        package var staticToken: String? = "sandbox-static-token"
        package var tokenLife: Double = 3600
        /// From a 202 to the outcome in the change log.
        package var logDelay: Double = 0.3
        /// How long reads lag behind writes (DSCO contract 1, eventual consistency).
        package var readDelay: Double = 0.1
        /// How far in the past `until` must be (DSCO contract 3.1).
        package var minimumAge: Double = 5
        package var scrollLife: Double = 300
        /// Rows on one page of a change log.
        package var logPage = 100
        package var rateLimits = false
        /// When a retailer cancels after all, and when Dsco releases an order that it received.
        package var cancelDelay: Double = 2
        package var releaseDelay: Double = 10
        package var bodyLimit = 5_000_000

        package init() {}
    }

    package struct LingXing: Sendable {
        package var appID = "ak_SANDBOX000001"
        /// Holds `+ / =`, as real ones do (LingXing contract 1).
        package var appSecret = "c2FuZGJveCtzZWNyZXQvMQ+/=="
        package var tokenLife: Double = 7199
        package var refreshLife: Double = 7200
        /// How long a sign stays valid (LingXing contract 3).
        package var signLife: Double = 120
        package var capacity = true
        /// Calls that may run at once on paths where it is another number than the contract's.
        package var capacityOf: [String: Int] = [:]
        /// Starts of calls on one path that are closer together get 3001008 as well (observed).
        package var minimumGap: Double = 0
        /// What a business call takes at least; without it no two calls would ever meet.
        package var latency: Double = 0.01
        /// How long the capacity of a call that was cut stays taken.
        package var abortedCallHold: Double = 0
        /// From the create to the first list that shows the order.
        package var readDelay: Double = 0.1
        /// From the create to the review by the staff, on average.
        package var reviewDelay: Double = 0.5
        /// From the review to the goods' leaving, on average.
        package var shipDelay: Double = 1
        /// Orders of one create call; more are refused as a whole.
        package var createLimit = 100
        /// Numbers of one `wmsOrderList` call (LingXing contract 8.8).
        package var outboundNumbers = 50

        package init() {}
    }
}
