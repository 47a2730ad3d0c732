package import FoundationEssentials
import PartnerHTTP

/// Whether an error means that a partner is known to be out of service, since its circuit is open.
package enum Outage {
    /// The seconds until the partner is tried again.
    package static func pause(_ error: any Error) -> TimeInterval? {
        guard let error = error as? PartnerError, error.isCircuitOpen else { return nil }
        guard let asked = error.retryAfter?.components else { return 5 }
        return TimeInterval(asked.seconds) + TimeInterval(asked.attoseconds) / 1e18
    }
}
