import Testing

@testable import Sandbox

/// Vectors on which eight published implementations agree (LingXing contract 4.4).
@Suite("The sandbox's own sign")
struct SignTests {
    struct Vector: Sendable {
        let body: String
        let sign: String
    }

    static let vectors = [
        Vector(body: "{}", sign: "hBfD694JDJxVcXsIkmchJev8eDhtFCm7JFsWcvo0JKaQWNYaHGudtltpcGxcHp21"),
        Vector(
            body: #"{"length":800,"offset":0,"sku":"FFDD00101YW2L","wid":"1,578,765"}"#,
            sign: "ac+vVnmr9RqRTYyktEAqYPPoi6+n3kuup4HyBUoaTmKQWNYaHGudtltpcGxcHp21"),
        Vector(
            body: #"{"q":"a&b=c+d%20e/f g?\"h\"","z":1}"#,
            sign: "uyNpgGARp01P82w++qay4YXqNMt6cg2JLeTr1YiL73SQWNYaHGudtltpcGxcHp21"),
        Vector(
            body: #"{"cursor_id":203450729659600896,"use_cursor":true}"#,
            sign: "eca5Y90Fpa/jcz6SZpuv2kCPrguSNO+T0Yw06vKjAxKQWNYaHGudtltpcGxcHp21"),
        Vector(
            body: #"{"orders":[{"addr":"7/F <A&B> \"Q\" \\ 深圳市","city":"深圳"}]}"#,
            sign: "fi7Mbk0az3VOkLef98h793cO2OVyyc1M12kwMEYgbaWQWNYaHGudtltpcGxcHp21"),
        Vector(
            body: #"{"A":"1","B":6,"_a":2,"a":3,"aB":4,"a_b":5,"ab":7}"#,
            sign: "w8/BK8nc8gOsCJUo/HPZFi5fczmsIYkQZgrmKjgLtKmQWNYaHGudtltpcGxcHp21"),
    ]

    @Test("agrees with the published vectors", arguments: vectors)
    func vector(_ vector: Vector) throws {
        let body = try Wire(text: vector.body)
        let common: [(name: String, value: Wire)] = [
            ("access_token", "4dcaa78e-b52d-4325-bc35-571021bb0787"), ("app_key", "ak_EXAMPLE0APPID"),
            ("timestamp", "1720429074"),
        ]
        let canonical = LingXingSign.canonical((body.members ?? []).map { ($0.name, $0.value) } + common)
        #expect(LingXingSign.sign(canonical, appID: "ak_EXAMPLE0APPID") == vector.sign, "\(canonical)")
    }

    @Test("refuses an app id that is no AES key")
    func keyLength() {
        #expect(LingXingSign.sign("a=1", appID: "ak_TOO_SHORT") == nil)
    }
}
