import Logging
import Testing

@testable import Observability

@Suite("Redaction")
struct RedactionTests {
    private let redaction = Redaction()

    @Test(
        "hides the value of a key that names a secret or a person's data",
        arguments: [
            "token", "access_token", "accessToken", "refresh-token", "DSCO_TOKEN", "clientSecret", "LINGXING_APP_SECRET",
            "password",
            "Authorization", "http.authorization", "sign", "app_key", "X-Api-Key", "appId", "Set-Cookie", "email", "phone",
            "address1",
            "first_name", "postal_code",
        ])
    func secretKeys(key: String) {
        #expect(redaction.hides(key: key))
    }

    @Test(
        "shows what operators need",
        arguments: [
            "po", "order", "stage", "run", "shard", "status", "signal", "design", "queue", "request_id", "name", "listen", "code",
        ])
    func plainKeys(key: String) {
        #expect(!redaction.hides(key: key))
    }

    @Test(
        "masks e-mail addresses, users in URLs and query strings",
        arguments: [
            ("ann.lee+shop@example.co.uk", "***"),
            ("write to <ann@example.com>, please", "write to <***>, please"),
            ("to=ann@example.com;bob@example.com", "to=***;***"),
            ("李雷@例子.中国", "***"),
            ("postgres://conveyor:p@ss/word@10.0.0.1:5432/db", "postgres://***@10.0.0.1:5432/db"),
            ("amqps://user@broker/vhost is down", "amqps://***@broker/vhost is down"),
            ("(https://api.dsco.io/api/v3/order/page?size=10&token=abc)", "(https://api.dsco.io/api/v3/order/page?***"),
            ("https://u:p@host/path?x=a@b.com", "https://***@host/path?***"),
            ("POST /pb/mp/order/v2/create?access_token=abc&sign=xyz failed", "POST /pb/mp/order/v2/create?*** failed"),
            ("{\"url\":\"https://host/?token=abc\"}", "{\"url\":\"https://host/?***\"}"),
        ])
    func texts(text: String, masked: String) {
        #expect(redaction.text(text) == masked)
    }

    @Test(
        "leaves everything else as it is",
        arguments: [
            "", "PO-1", "Why? Because.", "rabbit@localhost", "@", "a @ b", "https://api.dsco.io/api/v3/order", "3 @ 4.50",
            "v1.2@",
            "is it late? x = 3",
        ])
    func untouched(text: String) {
        #expect(redaction.text(text) == text)
    }

    @Test("covers message, error and metadata of both formats", arguments: LogFormat.allCases)
    func everywhere(format: LogFormat) {
        struct Leak: Error, CustomStringConvertible { var description: String { "https://u:leak@host/" } }
        let recorder = LogRecorder()
        recorder.logger(format: format).error(
            "leak@example.com", error: Leak(),
            metadata: [
                "a": "leak@example.com", "token": "leak", "phone": .stringConvertible(1234567), "b": ["sign": "leak"],
                "c": ["leak@example.com", ["password": "leak"]], "d": .stringConvertible(Leak()),
            ])
        let line = recorder.lines.first ?? ""
        #expect(line.contains("***"))
        #expect(!line.contains("leak"))
        #expect(!line.contains("1234567"))
    }
}
