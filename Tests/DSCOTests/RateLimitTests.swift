import DSCO
import Testing

@Suite("The rate limit of a DSCO call")
struct RateLimitTests {
    @Test(
        "is kept by its buckets in every second and every minute, and not more than half of it is given away",
        arguments: DSCOEndpoint.allCases)
    func bounds(_ endpoint: DSCOEndpoint) {
        let limit = endpoint.rateLimit
        for (bucket, most, window) in [
            (limit.secondBucket, limit.perSecond, Duration.seconds(1)), (limit.minuteBucket, limit.perMinute, .seconds(60)),
        ] {
            // After the burst of a full bucket, one at each interval that ends within the window.
            let afterwards = Int((window / bucket.interval).rounded(.up)) - 1
            #expect(bucket.burst >= 1 && bucket.burst + afterwards <= most, "\(endpoint.rawValue) within \(window)")
            #expect(2 * (afterwards + 1) >= most, "\(endpoint.rawValue) within \(window)")
        }
    }
}
