import DSCO
import Foundation
import PartnerHTTP
import Testing

@Suite("What a DSCO answer means")
struct AnswerTests {
    private static let envelope =
        #"{"status":"failure","requestId":"r","messages":[{"code":"VALIDATION_FAILED","severity":"error","description":"no"}]}"#
    private static let gateway = #"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header"}"#

    @Test(
        "by status, and by whether it was a read",
        arguments: [
            (200, "", nil, nil), (201, "", nil, nil), (202, "", nil, nil),
            (301, "", .bug, .unknownOutcome), (400, envelope, .refused, .refused), (400, "<html>", .refused, .unknownOutcome),
            (400, gateway, .refused, .unknownOutcome), (401, "", .credentials, .credentials), (403, gateway, .bug, .bug),
            (403, envelope, .credentials, .credentials), (403, "<html>", .credentials, .unknownOutcome),
            (404, envelope, .refused, .refused), (404, "<html>", .bug, .unknownOutcome), (404, gateway, .bug, .bug),
            (405, "", .bug, .unknownOutcome), (408, "", .unavailable, .unknownOutcome), (409, envelope, .refused, .refused),
            (409, "", .refused, .unknownOutcome), (413, "", .refused, .refused), (415, "", .bug, .unknownOutcome),
            (422, envelope, .refused, .refused), (422, "{}", .refused, .unknownOutcome),
            (429, "", .unavailable, .notExecuted), (500, envelope, .unavailable, .unknownOutcome),
            (502, "<html>", .unavailable, .unknownOutcome), (503, "", .unavailable, .unknownOutcome),
            (504, "", .unavailable, .unknownOutcome), (599, "", .unavailable, .unknownOutcome),
        ] as [(Int, String, PartnerError.Kind?, PartnerError.Kind?)])
    func kinds(_ status: Int, _ body: String, _ read: PartnerError.Kind?, _ write: PartnerError.Kind?) {
        #expect(error(status, body, isRead: true)?.kind == read)
        #expect(error(status, body, isRead: false)?.kind == write)
    }

    @Test(
        "with its code and words, whatever shape the description has",
        arguments: [
            (
                #"{"messages":[{"code":"A","description":"w"},{"code":"B","severity":"error","description":["x","y"]}]}"#,
                "B", "w; x; y"
            ),
            (#"{"messages":[{"description":"only words"}]}"#, nil, "only words"),
            (#"{"messages":[{"code":"C","description":{"field":"sku"}}]}"#, "C", #"{"field":"sku"}"#),
            (#"{"requestId":"r"}"#, nil, nil),
            (#"{"error":"invalid_client","error_description":"bad"}"#, "invalid_client", "bad"),
            (gateway, nil, "Invalid key=value pair (missing equal-sign) in Authorization header"),
            ("<html>oops</html>", nil, nil),
        ] as [(String, String?, String?)])
    func words(_ body: String, _ code: String?, _ words: String?) {
        let error = error(400, body, isRead: false)
        #expect(error?.code == code)
        #expect(error?.words == words)
    }

    @Test("keeps Retry-After")
    func retryAfter() {
        let response = PartnerResponse(status: 429, headers: [("retry-after", "7")])
        let error = DSCOAnswer.error(in: response, call: "GET /order/", isRead: true, now: Date())
        #expect(error?.retryAfter == .seconds(7))
        #expect(error?.code == PartnerError.Code.throttled)
    }

    private func error(_ status: Int, _ body: String, isRead: Bool) -> PartnerError? {
        DSCOAnswer.error(
            in: PartnerResponse(status: status, body: Array(body.utf8)), call: "POST /invoice", isRead: isRead, now: Date())
    }
}
