import JSON

/// DSCO's answer to a batch (DSCO contract 1.2, 202): safely queued, nothing more. The outcome is in the change log.
package struct AsyncReceipt: Sendable, Hashable {
    package let requestID: String

    /// Nil when the answer has no request id: then nobody can look it up.
    init?(_ json: JSONView) {
        guard let requestID = json["requestId"]?.text, !requestID.isEmpty else { return nil }
        self.requestID = requestID
    }
}
