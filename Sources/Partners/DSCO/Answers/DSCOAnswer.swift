package import FoundationEssentials
import JSON
package import PartnerHTTP

/// What DSCO's answers mean (DSCO contract 1 and 1.2).
package enum DSCOAnswer {
    /// The error an answer stands for; nil when its status is a success. Told by status and code, never by wording.
    package static func error(in response: PartnerResponse, call: String, isRead: Bool, now: Date) -> PartnerError? {
        guard !(200...299).contains(response.status) else { return nil }
        let body = Body(response.body)
        return PartnerError(
            .dsco, kind(status: response.status, isRead: isRead, body: body), call: call,
            code: body.code ?? (response.status == 429 ? PartnerError.Code.throttled : nil), words: body.words,
            retryAfter: response.retryAfter(now: now), status: response.status)
    }

    private static func kind(status: Int, isRead: Bool, body: Body) -> PartnerError.Kind {
        switch status {
        case 401:
            return .credentials
        case 429:
            return isRead ? .unavailable : .notExecuted
        case 408, 500...:
            return isRead ? .unavailable : .unknownOutcome
        case 403, 404:
            // The gateway answers a path it does not know with 403 and a bare message (DSCO contract 1).
            if body.form == .gateway { return .bug }
            if body.form == .envelope { return status == 403 ? .credentials : .refused }
            // Not DSCO that answers: a wrong base URL must never read as "no such order".
            return isRead ? (status == 403 ? .credentials : .bug) : .unknownOutcome
        case 413:
            return .refused
        case 400, 409, 410, 422:
            // Only DSCO's own words refuse a write; whatever stands in front of it may have lost an answer.
            return isRead || body.form == .envelope ? .refused : .unknownOutcome
        default:
            return isRead ? .bug : .unknownOutcome
        }
    }

    /// Whether DSCO itself says that the object is not there.
    static func isNotFound(_ response: PartnerResponse) -> Bool {
        response.status == 404 && Body(response.body).form == .envelope
    }

    /// An error for an answer with a success status that cannot be read: a write may have been done.
    static func unreadable(_ response: PartnerResponse, call: String, isRead: Bool, words: String? = nil) -> PartnerError {
        PartnerError(
            .dsco, isRead ? .malformedAnswer : .unknownOutcome, call: call, code: PartnerError.Code.unreadableAnswer,
            words: words,
            status: response.status)
    }

    /// The error body in its three shapes.
    private struct Body {
        enum Form { case envelope, oauth, gateway, other }

        var form = Form.other
        var code: String?
        var words: String?

        init(_ bytes: [UInt8]) {
            guard let json = try? JSONDocument(bytes).root, json.isObject else { return }
            if json["messages"]?.array != nil || json["requestId"]?.string != nil {
                form = .envelope
                (code, words) = DSCOMessage.summary(DSCOMessage.list(json["messages"]))
            } else if let error = json["error"]?.string {
                form = .oauth
                (code, words) = (error, json["error_description"]?.string)
            } else if let message = json["message"]?.string {
                form = .gateway
                words = message
            }
        }
    }
}
