/// Carries one request and brings back one answer. It neither repeats nor judges: every status is an answer, and an error means
/// that there was none.
package protocol HTTPTransport: Sendable {
    /// Sends at most once and returns the complete answer by `request.deadline`.
    ///
    /// - Throws: `.notExecuted` (a write) or `.unavailable` (a read) when the connection was never established, `.unknownOutcome`
    ///   (a write) or `.unavailable` (a read) when it broke or took too long afterwards.
    func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse
}
