/// How often a call may be made, by DSCO's count: in any second, and in any minute.
package struct RateLimit: Sendable, Hashable {
    package var perSecond: Int
    package var perMinute: Int

    package init(perSecond: Int, perMinute: Int) {
        self.perSecond = perSecond
        self.perMinute = perMinute
    }

    /// The buckets that keep under it. In any window a bucket lets through at most burst + rate × window; with a fifth of what
    /// may be used as burst and the rest as rate, that sum is nine tenths of the limit, in whole calls. The rest is left for
    /// what bunches up on the way.
    package var secondBucket: PacedBucket { PacedBucket(limit: perSecond, window: .seconds(1)) }
    package var minuteBucket: PacedBucket { PacedBucket(limit: perMinute, window: .seconds(60)) }
}

/// A token bucket.
package struct PacedBucket: Sendable, Hashable {
    /// Calls that may go out at once.
    package let burst: Int
    /// The pace afterwards: time between two calls.
    package let interval: Duration

    package init(limit: Int, window: Duration) {
        let usable = max(1, limit * 9 / 10)
        burst = max(1, usable / 5)
        interval = window / max(1, usable - burst)
    }
}
