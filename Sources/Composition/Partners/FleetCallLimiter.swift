import DSCO
import FoundationEssentials
import PartnerHTTP
import Store

/// DSCO's limits per second and per minute, kept for the whole fleet in the database (design 8).
struct FleetCallLimiter: CallLimiter {
    let budgets: CallBudgets
    let clock: PartnerClock

    /// How far ahead a place is taken by a call that knows no deadline, in seconds.
    private static let patience: TimeInterval = 120

    func acquire(_ endpoint: DSCOEndpoint, before deadline: ContinuousClock.Instant?) async throws(CallLimitError) {
        let limit = endpoint.rateLimit
        let patience = deadline.map { max(0, ($0 - clock.now()).seconds) } ?? Self.patience
        let reservation: CallBudgets.Reservation
        do {
            reservation = try await budgets.reserve(
                endpoint.rawValue, second: CallBudgets.Bucket(limit.secondBucket), minute: CallBudgets.Bucket(limit.minuteBucket),
                patience: patience)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            // Without its database the run ends by itself, and says so.
            throw .noSlot(retryAfter: .seconds(1))
        }
        switch reservation {
        case .refused(let retryAfter):
            throw .noSlot(retryAfter: .seconds(retryAfter))
        case .granted(let delay):
            guard delay > 0 else { return }
            do { try await clock.sleep(clock.now() + .seconds(delay)) } catch { throw .cancelled }
        }
    }
}

extension CallBudgets.Bucket {
    fileprivate init(_ bucket: PacedBucket) {
        self.init(burst: bucket.burst, interval: bucket.interval.seconds)
    }
}
