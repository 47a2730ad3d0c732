import Foundation
import PartnerHTTP
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "is read as seconds or as a date, and never longer than two hours",
        arguments: [
            ("120", Duration.seconds(120)), (" 3 ", .seconds(3)), ("0.5", .milliseconds(500)), ("999999", .seconds(7200)),
            ("-1", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)), ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("soon", nil), ("", nil),
        ] as [(String, Duration?)])
    func parsing(_ value: String, _ expected: Duration?) {
        #expect(RetryAfter.parse(value, now: Date(timeIntervalSince1970: 784_111_740)) == expected)
    }
}
