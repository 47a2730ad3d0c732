import FoundationEssentials
import JSON
import PartnerHTTP

/// The useful part of a successful answer, whatever family of envelopes it came in (LingXing contract 6).
struct Answer: Sendable {
    enum Kind: Sendable, Hashable {
        /// Success is code 0.
        case business
        /// Success is code 200.
        case token

        fileprivate var success: String { self == .business ? "0" : "200" }
    }

    /// What an answer means, as a pure function of its status and body.
    enum Verdict: Sendable {
        case success(Answer)
        case failure(PartnerError.Kind, code: String?, words: String?, pause: Duration?)
    }

    var data: JSONView
    /// Rows in all, where it stands beside `data`.
    var total: JSONView?

    static func read(
        _ response: PartnerResponse, kind: Kind, isRead: Bool, call: String, now: Date
    ) throws(PartnerError) -> Answer {
        switch classify(status: response.status, body: response.body, kind: kind, isRead: isRead) {
        case .success(let answer):
            return answer
        case .failure(let failure, let code, let words, let pause):
            let asked = [pause, response.retryAfter(now: now)].compactMap { $0 }.max()
            throw PartnerError(
                .lingXing, failure, call: call, code: code, words: words, retryAfter: asked, status: response.status)
        }
    }

    static func classify(status: Int, body: [UInt8], kind: Kind, isRead: Bool) -> Verdict {
        guard let envelope = try? JSONDocument(body).root, let code = envelope["code"]?.text else {
            guard (200..<300).contains(status) else {
                let fault = AnswerCode.fault(status: status)
                return failure(fault, isRead: isRead, code: nil, words: nil)
            }
            return .failure(
                isRead ? .malformedAnswer : .unknownOutcome, code: PartnerError.Code.unreadableAnswer, words: nil, pause: nil)
        }
        let text = envelope["msg"]?.text ?? envelope["message"]?.text ?? ""
        let details = Self.details(envelope["error_details"] ?? envelope["errorDetails"])
        let words = Self.words(text, details, requestID: (envelope["request_id"] ?? envelope["requestId"])?.text)
        guard code == kind.success else {
            return failure(
                AnswerCode.fault(code, text: text, hasDetails: !details.isEmpty), isRead: isRead, code: code, words: words)
        }
        guard (200..<300).contains(status), envelope["success"]?.bool != false else {
            return failure(.server, isRead: isRead, code: code, words: words)  // says yes and no at once
        }
        return .success(Answer(data: envelope["data"] ?? JSONView(.null), total: envelope["total"]))
    }

    private static func failure(_ fault: AnswerCode.Fault, isRead: Bool, code: String?, words: String?) -> Verdict {
        .failure(fault.kind(isRead: isRead), code: code, words: words, pause: fault.pause)
    }

    /// `error_details` is an array of texts or of objects with a message, or one text.
    private static func details(_ details: JSONView?) -> [String] {
        let elements = details?.array ?? details.map { [$0] } ?? []
        return elements.compactMap { ($0.text ?? $0["message"]?.text).map(RequestBody.canonical) }.filter { !$0.isEmpty }
    }

    private static func words(_ text: String, _ details: [String], requestID: String?) -> String {
        var words = ([RequestBody.canonical(text)] + details).filter { !$0.isEmpty }.joined(separator: "; ")
        if let requestID, !requestID.isEmpty { words += " [request \(requestID)]" }
        return words
    }
}
