import JSON
import PartnerHTTP

extension DSCOClient {
    /// Reads the JSON of a read's answer.
    func decode<Answer>(
        _ response: PartnerResponse, _ endpoint: DSCOEndpoint, _ body: (JSONReader) throws(JSONError) -> Answer
    ) throws(PartnerError) -> Answer {
        do {
            return try body(JSONReader(JSONDocument(response.body).root))
        } catch {
            throw DSCOAnswer.unreadable(response, call: endpoint.rawValue, isRead: true, words: error.description)
        }
    }

    /// Sends a batch; DSCO queues it and tells the outcome in its change log.
    func queue(_ endpoint: DSCOEndpoint, body: [UInt8], deadline: ContinuousClock.Instant) async throws(PartnerError)
        -> AsyncReceipt
    {
        try await call(endpoint, body: body, deadline: deadline) { response throws(PartnerError) in
            let json = try? JSONDocument(response.body).root
            try refuseFailure(json, response, endpoint)
            guard let json, let receipt = AsyncReceipt(json) else {
                throw DSCOAnswer.unreadable(response, call: endpoint.rawValue, isRead: false)
            }
            return receipt
        }
    }

    /// Makes a synchronous write; returning means that it is done.
    func execute(_ endpoint: DSCOEndpoint, body: JSON, deadline: ContinuousClock.Instant) async throws(PartnerError) {
        try await call(endpoint, body: body.bytes(), deadline: deadline) { response throws(PartnerError) in
            let json = try? JSONDocument(response.body).root
            try refuseFailure(json, response, endpoint)
            guard json?["success"]?.bool == true || json?["status"]?.string == "success" else {
                throw DSCOAnswer.unreadable(response, call: endpoint.rawValue, isRead: false)
            }
        }
    }

    /// A success status around a body that says failure.
    private func refuseFailure(_ json: JSONView?, _ response: PartnerResponse, _ endpoint: DSCOEndpoint) throws(PartnerError) {
        guard let json, json["status"]?.string == "failure" || json["success"]?.bool == false else { return }
        let (code, words) = DSCOMessage.summary(DSCOMessage.list(json["messages"]))
        throw PartnerError(.dsco, .refused, call: endpoint.rawValue, code: code, words: words, status: response.status)
    }
}
