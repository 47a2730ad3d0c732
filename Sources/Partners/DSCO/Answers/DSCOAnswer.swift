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
            .credentials
        case 403:
            // The gateway answers a path it does not know with 403 and a bare message (DSCO contract 1).
            body.form == .gateway ? .bug : .credentials
        case 429:
            isRead ? .unavailable : .notExecuted
        case 408, 500...:
            isRead ? .unavailable : .unknownOutcome
        case 404:
            // Without its envelope it is not DSCO that answers: a wrong base URL must never read as "no such order".
            body.form == .envelope ? .refused : .bug
        case 400, 409, 410, 413, 422:
            .refused
        default:
            .bug
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
            guard let json = try? JSON.parse(bytes), json.object != nil else { return }
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
