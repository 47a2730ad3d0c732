import DSCO
import Domain
import FoundationEssentials
import PartnerHTTP
import Testing

/// DSCO contract 1.
@Suite("DSCO's dates")
struct DateTests {
    private func created(_ text: String) throws -> Date? {
        let payload = #"""
            {"dscoOrderId": "1", "poNumber": "PO-1", "dscoStatus": "created", "dscoLifecycle": "created", "dscoCreateDate": "\#(text)",
             "lineItems": [{"lineNumber": 1, "quantity": 1, "sku": "A"}]}
            """#
        return try ReceivedOrder(raw: Array(payload.utf8)).decoded().get().created
    }

    @Test(
        "are the instants that Foundation reads, however they are written",
        arguments: [
            "2026-01-28T01:15:40Z", "2026-01-28T01:15:40+00:00", "2026-01-28T01:15:40.5Z", "2026-01-28T01:15:40.123+00:00",
            "2028-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z", "2026-01-28T01:15:40+05:30",
            "2026-01-28T01:15:40-0800", "2026-01-28T01:15:40.25-08:00", "2026-01-28T01:15:40.123456789Z",
        ])
    func instants(_ text: String) throws {
        let expected = try Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")).parse(text)
        #expect(try created(text) == expected)
    }

    @Test("are one where the instant is one, whatever the millisecond")
    func spellings() throws {
        for millisecond in 0..<1000 {
            let text = "2026-01-28T01:15:40." + String(1000 + millisecond).dropFirst()
            #expect(try created("\(text)Z") == created("\(text)+0000"))
        }
    }

    @Test(
        "are none where the text is none, or of no time that an order can be of",
        arguments: [
            "", "tomorrow", "2026-01-28", "2026-01-28T01:15:40", "2026-01-28 01:15:40Z", "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-01-28T01:15:40.Z",
        ])
    func none(_ text: String) throws {
        #expect(try created(text) == nil)
    }
}
