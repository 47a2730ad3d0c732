package import LingXing

/// A LingXing without limits.
package struct OpenGate: CallGate {
    package init() {}

    package func enter(_ endpoint: LingXingEndpoint, by deadline: ContinuousClock.Instant) -> CallSlot {
        CallSlot(endpoint: endpoint, index: 0, ticket: 0, end: nil)
    }

    package func leave(_ slot: CallSlot, _ end: CallEnd) {}
}
