import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("LingXing refuses what its contract does not allow")
struct LingXingStrictnessTests {
    static let list = "/pb/mp/order/v2/list"
    static let byNumber: Wire = ["length": 20, "offset": 0, "platform_order_nos": ["PO-1"]]

    @Test("one token is live: a new one kills the old, a refresh token works once")
    func tokens() async throws {
        try await withSandbox { running in
            let app = running.configuration.lingXing.appID
            let first = try await running.tokenCall(
                "access-token", [("appId", app), ("appSecret", running.configuration.lingXing.appSecret)])
            #expect(first["code"] == "200")
            let old = try #require(first["data"]?["access_token"]?.text)
            #expect(try await running.lingXing(Self.list, Self.byNumber, token: old).json["code"] == 0)
            let refresh = try #require(first["data"]?["refresh_token"]?.text)
            let second = try await running.tokenCall("refresh", [("appId", app), ("refreshToken", refresh)])
            #expect(second["code"] == "200")
            #expect(try await running.lingXing(Self.list, Self.byNumber, token: old).json["code"] == "2001005")
            #expect(try await running.tokenCall("refresh", [("appId", app), ("refreshToken", refresh)])["code"] == "2001009")
            let new = try #require(second["data"]?["access_token"]?.text)
            running.clock.advance(7200)
            #expect(try await running.lingXing(Self.list, Self.byNumber, token: new).json["code"] == "2001003")
            let late = try #require(second["data"]?["refresh_token"]?.text)
            #expect(try await running.tokenCall("refresh", [("appId", app), ("refreshToken", late)])["code"] == "2001008")
            #expect(running.effects.violations.total == 0)
        }
    }

    @Test("a token call that is no multipart form, or carries the wrong secret")
    func tokenCalls() async throws {
        try await withSandbox { running in
            let app = running.configuration.lingXing.appID
            let form = try await running.send(
                .POST, "/lingxing/api/auth-server/oauth/access-token",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("appId=\(app)&appSecret=x".utf8))
            #expect(form.json["code"] == "0001001")
            #expect(try await running.tokenCall("access-token", [("appId", app), ("appSecret", "wrong")])["code"] == "2001002")
            #expect(
                try await running.tokenCall("access-token", [("appId", "ak_other"), ("appSecret", "wrong")])["code"] == "2001001")
            #expect(running.effects.violations.total == 3)
        }
    }

    @Test("a wrong sign, an old one, a missing parameter, one too many, and a body that is not the signed one")
    func signs() async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            let now = Int(running.clock.now.timeIntervalSince1970)
            #expect(try await running.lingXing(Self.list, Self.byNumber, token: token, sign: "wrong").json["code"] == "2001006")
            #expect(
                try await running.lingXing(Self.list, Self.byNumber, token: token, timestamp: now - 121).json["code"] == "2001007"
            )
            #expect(try await running.lingXing(Self.list, Self.byNumber, token: token, timestamp: now - 119).json["code"] == 0)
            #expect(
                try await running.lingXing(Self.list, Self.byNumber, token: token, extra: [("offset", "0")]).json["code"] == "102"
            )
            let other: Wire = ["length": 20, "offset": 0, "platform_order_nos": ["PO-2"]]
            #expect(
                try await running.lingXing(Self.list, Self.byNumber, token: token, sent: other.bytes).json["code"] == "2001006")
            #expect(try await running.send(.POST, "/lingxing\(Self.list)", body: Self.byNumber.bytes).json["code"] == "3001001")
            #expect(
                running.effects.violations.details.map(\.rule) == [
                    "gateway_2001006", "gateway_102", "gateway_2001006", "gateway_3001001",
                ])
        }
    }

    @Test("a plus sign in the sign that was not encoded")
    func unencodedSign() async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            let app = running.configuration.lingXing.appID
            // Signs differ with the body: one with a plus sign is soon found.
            for number in 0..<200 {
                let body: Wire = ["length": 20, "offset": 0, "platform_order_nos": [.string("PO-\(number)")]]
                let time = String(Int(running.clock.now.timeIntervalSince1970))
                let common: [(name: String, value: Wire)] = [
                    ("access_token", .string(token)), ("app_key", .string(app)), ("timestamp", .string(time)),
                ]
                let sign = try #require(
                    LingXingSign.sign(
                        LingXingSign.canonical((body.members ?? []).map { ($0.name, $0.value) } + common), appID: app))
                guard sign.contains("+"), !sign.contains("/") else { continue }
                let answer = try await running.send(
                    .POST, "/lingxing\(Self.list)?access_token=\(token)&app_key=\(app)&timestamp=\(time)&sign=\(sign)",
                    headers: [("Content-Type", "application/json")], body: body.bytes)
                #expect(answer.json["code"] == "2001006")
                return
            }
            Issue.record("no sign with a plus sign was found")
        }
    }

    @Test("a wrong path with nginx's 405, a doubled slash with 404 NOT_FOUND")
    func paths() async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            let wrong = try await running.lingXing("/pb/mp/order/v2/orders", [:], token: token)
            #expect(wrong.status == 405)
            #expect(wrong.text.hasPrefix("<html>"))
            #expect(try await running.lingXing("//pb/mp/order/v2/list", [:], token: token).json["msg"] == "404 NOT_FOUND")
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let path: String
        let body: Wire

        init(_ description: String, _ path: String, _ body: String) {
            testDescription = description
            self.path = path
            self.body = (try? Wire(text: body)) ?? .null
        }
    }

    static let outbounds = "/erp/sc/routing/wms/order/wmsOrderList"
    static let create = "/pb/mp/order/v2/create"
    static func order(_ members: String) -> String {
        #"{"orders":[{\#(members)}],"platform_code":10009,"store_id":"110658143132021760"}"#
    }
    static let whole =
        #""address_line1":"a","city":"c","items":[{"msku":"SKU-1001","quantity":1,"unit_price":"1.00"}],"platform_order_no":"P","receiver_country_code":"US","receiver_name":"n""#

    @Test(
        "a body of the wrong shape with code 102",
        arguments: [
            Wrong("length below 20", list, #"{"length":19,"offset":0,"platform_order_nos":["P"]}"#),
            Wrong("length above 500", list, #"{"length":501,"offset":0,"platform_order_nos":["P"]}"#),
            Wrong("no offset", list, #"{"length":20,"platform_order_nos":["P"]}"#),
            Wrong("no dates", list, #"{"length":20,"offset":0}"#),
            Wrong(
                "31 days", list,
                #"{"date_type":"update_time","end_time":1790000000,"length":20,"offset":0,"start_time":1787321599}"#),
            Wrong(
                "milliseconds", list,
                #"{"date_type":"update_time","end_time":1790000000000,"length":20,"offset":0,"start_time":1789990000000}"#),
            Wrong("status as text", list, #"{"length":20,"offset":0,"order_status":"6","platform_order_nos":["P"]}"#),
            Wrong("numbers as text", list, #"{"length":20,"offset":0,"platform_order_nos":"P"}"#),
            Wrong(
                "201 numbers", list,
                #"{"length":500,"offset":0,"platform_order_nos":["# + (1...201).map { "\"\($0)\"" }.joined(separator: ",") + "]}"),
            Wrong("page size 201", outbounds, #"{"page":1,"page_size":201}"#),
            Wrong("shop ids as text", outbounds, #"{"sid_arr":["110658143132021760"]}"#),
            Wrong("a time as a date", outbounds, #"{"end_date":"2026-01-02 00:00:00","start_date":"2026-01-01 00:00:00"}"#),
            Wrong("length 801", "/erp/sc/routing/data/local_inventory/inventoryDetails", #"{"length":801}"#),
            Wrong("wid as number", "/erp/sc/routing/data/local_inventory/inventoryDetails", #"{"wid":33328}"#),
            Wrong(
                "no receiver", create,
                order(
                    #""address_line1":"a","city":"c","items":[{"msku":"A","quantity":1,"unit_price":"1"}],"platform_order_no":"P","receiver_country_code":"US""#
                )),
            Wrong(
                "no items", create,
                order(
                    #""address_line1":"a","city":"c","items":[],"platform_order_no":"P","receiver_country_code":"US","receiver_name":"n""#
                )),
            Wrong("neither sku nor msku", create, order(whole.replacing(#""msku":"SKU-1001","#, with: ""))),
            Wrong("quantity 0", create, order(whole.replacing(#""quantity":1"#, with: #""quantity":0"#))),
            Wrong("wid without method", create, order(whole + #","wid":"33328""#)),
            Wrong("a null", create, order(whole + #","remark":null"#)),
            Wrong("an unknown member", create, order(whole + #","zip":"1""#)),
            Wrong("country in full", create, order(whole.replacing("\"US\"", with: "\"USA\""))),
            Wrong("unknown store", create, order(whole).replacing("110658143132021760", with: "1")),
            Wrong("logistics without param", "/erp/sc/routing/wms/WmsLogistics/listUsedLogisticsType", #"{"provider_type":2}"#),
        ])
    func shapes(_ wrong: Wrong) async throws {
        try await withSandbox { running in
            let token = try await running.lingXingToken()
            let answer = try await running.lingXing(wrong.path, wrong.body, token: token).json
            #expect(answer["code"] == 102, "\(answer.json)")
            #expect(answer["error_details"]?.elements?.isEmpty == false)
            #expect(running.effects.violations.total == 1)
        }
    }

    @Test("calls beyond a path's capacity with 3001008, and executes the others")
    func capacity() async throws {
        try await withSandbox(clock: ManualClock()) { running in
            let token = try await running.lingXingToken()
            running.sandbox.faults.add([Fault(.lingxing, Self.outbounds, .slow, seconds: 1)])
            let gate = running.clock.hold()
            async let first = running.lingXing(Self.outbounds, ["page": 1], token: token).json
            await gate.waitForSleeper()
            let second = try await running.lingXing(Self.outbounds, ["page": 1], token: token).json
            gate.open()
            #expect(second["code"] == "3001008")
            #expect(try await first["code"] == 0)
            #expect(try await running.lingXing(Self.outbounds, ["page": 1], token: token).json["code"] == 0)
            #expect(running.effects.limited == ["/lingxing\(Self.outbounds)": 1])
        }
    }
}
