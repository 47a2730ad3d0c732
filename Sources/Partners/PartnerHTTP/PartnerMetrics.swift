import Metrics

/// Counts and times the calls to a partner. Labels are the partner, the call (method and path) and how it ended; never a key or
/// a URL.
package enum PartnerMetrics {
    package static func record(_ partner: Partner, call: String, outcome: String, duration: Duration) {
        let dimensions = [("partner", partner.rawValue), ("call", call), ("outcome", outcome)]
        Counter(label: "conveyor_partner_calls_total", dimensions: dimensions).increment()
        let (seconds, attoseconds) = duration.components
        Timer(label: "conveyor_partner_call_duration_seconds", dimensions: Array(dimensions.prefix(2)))
            .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    package static func recordCircuit(_ partner: Partner, isOpen: Bool) {
        Gauge(label: "conveyor_partner_circuit_open", dimensions: [("partner", partner.rawValue)]).record(isOpen ? 1 : 0)
    }
}
