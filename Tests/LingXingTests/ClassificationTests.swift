import JSON
import PartnerHTTP
import Testing

@testable import LingXing

@Suite("What an answer means (LingXing contract 7)")
struct ClassificationTests {
    private func kind(_ body: [UInt8], status: Int = 200, of kind: Answer.Kind = .business, isRead: Bool) -> PartnerError.Kind? {
        switch Answer.classify(status: status, body: body, kind: kind, isRead: isRead) {
        case .success: nil
        case .failure(let kind, _, _, _): kind
        }
    }

    @Test(
        "codes, for a read and for a write",
        arguments: [
            ("2001001", .credentials, .credentials), ("2001002", .credentials, .credentials),
            ("0001001", .credentials, .credentials),
            ("2001003", .unavailable, .notExecuted), ("2001005", .unavailable, .notExecuted),
            ("2001007", .unavailable, .notExecuted),
            ("2001004", .credentials, .credentials), ("3001002", .credentials, .credentials), ("401", .credentials, .credentials),
            ("403", .credentials, .credentials), ("2001006", .bug, .bug), ("3001001", .bug, .bug), ("400", .bug, .bug),
            ("3001008", .unavailable, .notExecuted), ("103", .unavailable, .notExecuted),
            ("102", .refused, .refused), ("1", .unavailable, .unknownOutcome), ("100", .unavailable, .unknownOutcome),
            ("500", .unavailable, .unknownOutcome), ("104", .unavailable, .unknownOutcome),
            ("3001004", .unavailable, .unknownOutcome),
            ("301000", .refused, .refused), ("11004", .refused, .refused), ("1000", .refused, .refused),
            ("10000", .refused, .refused),
            ("10001", .unavailable, .unknownOutcome), ("424242", .malformedAnswer, .unknownOutcome),
            ("502", .malformedAnswer, .unknownOutcome), ("504", .malformedAnswer, .unknownOutcome),
        ] as [(String, PartnerError.Kind, PartnerError.Kind)])
    func codes(code: String, read: PartnerError.Kind, write: PartnerError.Kind) throws {
        let asText = JSON.object(["code": .string(code), "msg": "words"]).bytes()
        #expect(kind(asText, isRead: true) == read)
        #expect(kind(asText, isRead: false) == write)
        if let number = JSONNumber(text: code) {
            let asNumber = JSON.object(["code": .number(number), "message": "words", "error_details": []]).bytes()
            #expect(kind(asNumber, isRead: true) == read)
            #expect(kind(asNumber, isRead: false) == write)
        }
    }

    @Test(
        "codes of two meanings go by their text",
        arguments: [
            (["code": 1, "message": "参数检验不通过", "error_details": ["length: length 最小值为15"]], .refused),
            (["code": 1, "message": "服务内部错误"], .unknownOutcome),
            (["code": "500", "msg": "404 NOT_FOUND"], .bug),
            (["code": 500, "message": "内部错误", "error_details": "仓库参数错误"], .unknownOutcome),
            (["code": 0, "message": "x", "success": false], .unknownOutcome),
        ] as [(JSON, PartnerError.Kind)])
    func byText(body: JSON, write: PartnerError.Kind) {
        #expect(kind(body.bytes(), isRead: false) == write)
    }

    @Test(
        "answers that are not LingXing's JSON",
        arguments: [
            (405, .bug, .bug), (404, .bug, .bug), (400, .unavailable, .unknownOutcome), (409, .unavailable, .unknownOutcome),
            (401, .credentials, .credentials),
            (403, .credentials, .credentials),
            (413, .refused, .refused), (408, .unavailable, .unknownOutcome), (425, .unavailable, .unknownOutcome),
            (429, .unavailable, .unknownOutcome), (500, .unavailable, .unknownOutcome), (502, .unavailable, .unknownOutcome),
            (503, .unavailable, .unknownOutcome), (504, .unavailable, .unknownOutcome), (302, .unavailable, .unknownOutcome),
            (200, .malformedAnswer, .unknownOutcome),
        ] as [(Int, PartnerError.Kind, PartnerError.Kind)])
    func status(status: Int, read: PartnerError.Kind, write: PartnerError.Kind) {
        for body in ["<html>oops</html>", "", "[]", "{}", "{\"code\":"] {
            #expect(kind(Array(body.utf8), status: status, isRead: true) == read)
            #expect(kind(Array(body.utf8), status: status, isRead: false) == write)
        }
    }

    @Test("a code speaks louder than the status, but a success must be one altogether")
    func codeAndStatus() {
        let throttled = JSON.object(["code": "3001008", "msg": "x"]).bytes()
        #expect(kind(throttled, status: 503, isRead: false) == .notExecuted)
        let success = JSON.object(["code": 0, "data": [:]]).bytes()
        #expect(kind(success, isRead: false) == nil)
        #expect(kind(success, status: 502, isRead: false) == .unknownOutcome)
        #expect(kind(JSON.object(["code": "0"]).bytes(), isRead: true) == nil)
        #expect(kind(success, of: .token, isRead: true) == .malformedAnswer)
        #expect(kind(JSON.object(["code": 200, "data": [:]]).bytes(), of: .token, isRead: true) == nil)
    }

    @Test(
        "the documented errors",
        arguments: [
            ("error_2001003", .unavailable), ("error_2001004", .credentials), ("error_2001005_token_not_match", .unavailable),
            ("error_2001006_sign", .bug), ("error_2001007", .unavailable), ("error_3001001_missing_query", .bug),
            ("error_3001002_ip", .credentials), ("error_3001008", .unavailable), ("error_400_no_service", .bug),
            ("error_401_app_disabled", .credentials), ("error_403_app_expired", .credentials),
            ("error_403_no_permission", .credentials),
            ("error_500_business", .unavailable), ("error_500_not_found", .bug), ("error_102_erp_details", .refused),
            ("error_102_parameters", .refused), ("error_103_rate_limit", .unavailable), ("error_1_validation", .refused),
            ("auth_access_token.error_0001001", .credentials), ("auth_access_token.error_2001001", .credentials),
        ] as [(String, PartnerError.Kind)])
    func examples(name: String, read: PartnerError.Kind) throws {
        #expect(kind(try Examples.bytes("\(name).response"), isRead: true) == read)
    }

    @Test("the HTML of a wrong path")
    func html() throws {
        let wrapper = try Examples.json("error_405_html.response")
        let body = try #require(wrapper["body"]?.string)
        #expect(kind(Array(body.utf8), status: try #require(wrapper["http_status"]?.int), isRead: false) == .bug)
    }

    @Test("words keep LingXing's text, its details and the request id")
    func words() throws {
        let body = try Examples.bytes("error_102_erp_details.response")
        guard case .failure(_, let code, let words?, _) = Answer.classify(status: 200, body: body, kind: .business, isRead: true)
        else {
            Issue.record("not a failure")
            return
        }
        #expect(code == "102")
        let request = try #require(try Examples.json("error_102_erp_details.response")["request_id"]?.string)
        #expect(words.hasSuffix("[request \(request)]"))
        #expect(words.contains("; "))
    }
}
