import Foundation
import JSON
import Testing

@testable import LingXing

@Suite("Signatures agree with every client that is known to work")
struct SignatureTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let id: String
        let isAboutKeyLength: Bool
        let appID: String
        let accessToken: String
        let timestamp: Int64
        let body: JSONObject
        let canonical: String?
        let sign: String?
        let encodedSign: String?
        let sortedSign: String?

        var testDescription: String { id }

        init(_ json: JSON) throws {
            let reader = JSONReader(json)
            id = try reader.string("id")
            isAboutKeyLength = try reader.string("class") == "key_length"
            appID = try reader.string("app_id")
            accessToken = try reader.string("access_token")
            timestamp = try reader.int64("timestamp")
            let text = try reader.string("body_text")
            body = try text.isEmpty ? [:] : #require(try JSON.parse(text).object)
            canonical = json["canonical"]?.string
            sign = json["sign"]?.string
            encodedSign = json["sign_urlencoded"]?.string
            sortedSign = json["if_nested_keys_sorted"]?["sign"]?.string
        }
    }

    static let vectors: [Vector] = {
        let document = try? Examples.json("lingxing-sign-vectors")
        return (document?["vectors"]?.array ?? []).compactMap { try? Vector($0) }
    }()

    @Test("all vectors are read") func all() { #expect(Self.vectors.count == 32) }

    @Test("canonical text and sign of the members as they stand", arguments: vectors.filter { $0.sign != nil })
    func vector(_ vector: Vector) throws {
        let signer = RequestSigner(appID: vector.appID)
        let text = signer.canonicalText(vector.body, accessToken: vector.accessToken, timestamp: vector.timestamp)
        #expect(text == vector.canonical)
        let sign = try signer.sign(vector.body, accessToken: vector.accessToken, timestamp: vector.timestamp)
        #expect(sign == vector.sign)
        #expect(QueryEncoding.encode(sign) == vector.encodedSign)
    }

    @Test("a body built here is sorted, so that clients of either kind agree", arguments: vectors.filter { $0.sortedSign != nil })
    func sorted(_ vector: Vector) throws {
        let body = RequestBody(vector.body)
        let sign = try RequestSigner(appID: vector.appID).sign(
            body.members, accessToken: vector.accessToken, timestamp: vector.timestamp)
        #expect(sign == vector.sortedSign)
        #expect(body.bytes == JSON.object(vector.body).bytes(.sorted))
    }

    @Test("the outside vector is reproduced")
    func external() throws {
        let check = JSONReader(try Examples.json("lingxing-sign-vectors")["external_check"] ?? .null)
        let signer = RequestSigner(appID: try check.string("app"))
        #expect(try signer.seal(check.string("canonical")) == check.string("sign"))
    }

    @Test("app ids that are no AES key are refused at configuration", arguments: [0, 15, 17, 23, 25, 31, 33])
    func keyLength(length: Int) {
        #expect(throws: LingXingCredentials.Fault.appIDLength(length)) {
            try LingXingCredentials(appID: String(repeating: "k", count: length), appSecret: "s")
        }
    }

    @Test("credentials do not show themselves")
    func credentials() throws {
        let credentials = try LingXingCredentials(appID: "ak_EXAMPLE0APPID", appSecret: "hush")
        #expect(!"\(credentials)".contains("hush") && !String(reflecting: credentials).contains("hush"))
        #expect(!"\(credentials)".contains("ak_EXAMPLE0APPID"))
        #expect(throws: LingXingCredentials.Fault.emptySecret) {
            try LingXingCredentials(appID: "ak_EXAMPLE0APPID", appSecret: "")
        }
    }
}

@Suite("The body that is signed and sent")
struct RequestBodyTests {
    @Test(
        "sorted, without null, empty strings, outer blanks and line separators",
        arguments: [
            (["b": 1, "a": 2], #"{"a":2,"b":1}"#),
            (["a": nil, "b": "", "c": " \n ", "d": "x"], #"{"d":"x"}"#),
            (["a": " x y\t"], #"{"a":"x y"}"#),
            (["a": "x\u{2028}\u{2029}y"], #"{"a":"xy"}"#),
            (
                ["o": [["z": "", "b": ["y": 1, "x": nil], "a": "7/F <A&B> \"Q\" \\ 深圳"]]],
                #"{"o":[{"a":"7/F <A&B> \"Q\" \\ 深圳","b":{"y":1}}]}"#
            ),
            (["list": [], "object": [:], "nested": ["x": nil]], #"{"list":[]}"#),
            (["list": ["a", "", nil, "b"]], #"{"list":["a","b"]}"#),
            (["id": 203_450_729_659_600_896, "flag": true], #"{"flag":true,"id":203450729659600896}"#),
        ] as [(JSONObject, String)])
    func canonical(parameters: JSONObject, text: String) {
        #expect(String(decoding: RequestBody(parameters).bytes, as: UTF8.self) == text)
    }
}
