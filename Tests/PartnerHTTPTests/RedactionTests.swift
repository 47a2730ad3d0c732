import PartnerHTTP
import Testing

@Suite("A partner's words")
struct RedactionTests {
    @Test(
        "lose e-mail addresses, telephone numbers and secrets, and keep what explains",
        arguments: [
            ("mail to jane.doe+x@shop.example.com now", "mail to [e-mail] now"),
            ("call +1 (555) 555-0100 or 555-555-0100", "call [telephone] or [telephone]"),
            ("Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]"),
            (#"{"access_token":"abc"}"#, #"{"access_token":"[secret]"}"#),
            ("client_secret=xyz&a=b", "client_secret=[secret]&a=b"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "[secret]"), ("line one\nline two", "line one line two"),
            (
                "Tracking # 9400111899223100001234 of PO-2026-0001 exists",
                "Tracking # 9400111899223100001234 of PO-2026-0001 exists"
            ),
            ("All of these fields are required: poNumber, carrier", "All of these fields are required: poNumber, carrier"),
            ("店铺不存在", "店铺不存在"),
        ])
    func redaction(_ text: String, _ shown: String) {
        #expect(Redaction.redact(text, limit: 300) == shown)
        #expect(PartnerError(.lingXing, .refused, call: "POST /x", words: text).words == shown)
    }

    @Test("are cut to 300 characters")
    func length() {
        let words = PartnerError(.dsco, .refused, call: "POST /x", words: String(repeating: "字", count: 5000)).words
        #expect(words?.count == 300)
    }

    @Test("stay out of the description, which goes to logs")
    func description() {
        let error = PartnerError(
            .dsco, .refused, call: "POST /invoice", code: "VALIDATION_FAILED", words: "bad street", retryAfter: .seconds(1),
            status: 400)
        #expect("\(error)" == "DSCO, POST /invoice: refused this payload (HTTP 400, VALIDATION_FAILED)")
        #expect(String(reflecting: error).contains("bad street"))
    }
}
