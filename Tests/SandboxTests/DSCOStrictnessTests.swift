import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("DSCO refuses what its contract does not allow")
struct DSCOStrictnessTests {
    @Test("a call without a token, with an unknown one, and with one that has expired")
    func tokens() async throws {
        try await withSandbox { running in
            #expect(try await running.send(.GET, "/dsco/api/v3/hello").status == 401)
            #expect(try await running.dsco(.GET, "/hello", token: "unknown").status == 401)
            let first = try await running.dscoToken()
            let second = try await running.dscoToken()
            #expect(try await running.dsco(.GET, "/hello", token: first).json["hello"] == "World!")
            #expect(try await running.dsco(.GET, "/hello", token: second).status == 200)
            running.clock.advance(3601)
            #expect(try await running.dsco(.GET, "/hello", token: first).status == 401)
            #expect(running.effects.violations.details.map(\.rule) == ["authorization"])
        }
    }

    @Test("wrong credentials for a token, and a body that is no form")
    func credentials() async throws {
        try await withSandbox { running in
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            let wrong = try await running.send(
                .POST, "/dsco/api/v3/oauth2/token", headers: form,
                body: Array("grant_type=client_credentials&client_id=a&client_secret=b".utf8))
            #expect(wrong.status == 401)
            #expect(wrong.json["error"] == "invalid_client")
            let json = try await running.send(
                .POST, "/dsco/api/v3/oauth2/token", headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
            #expect(json.status == 400)
            #expect(json.json["error"] == "invalid_request")
        }
    }

    @Test("a wrong path with the gateway's 403", arguments: ["/order/changelog", "/orders", "/order/page/"])
    func wrongPath(_ path: String) async throws {
        try await withSandbox { running in
            let answer = try await running.dsco(.GET, path)
            #expect(answer.status == 403)
            #expect(answer.json["message"]?.text?.hasPrefix("Invalid key=value pair") == true)
            #expect(running.effects.violations.details.map(\.rule) == ["unknown_path"])
        }
    }

    @Test(
        "a page query that breaks a rule",
        arguments: [
            [("ordersUpdatedSince", "-1000"), ("until", "-4")], [("ordersUpdatedSince", "-1000")], [("until", "-100")],
            [("ordersUpdatedSince", "-1000"), ("ordersCreatedSince", "-1000"), ("until", "-100")],
            [("ordersUpdatedSince", "-1000"), ("until", "-100"), ("ordersPerPage", "9")],
            [("ordersUpdatedSince", "-1000"), ("until", "-100"), ("ordersPerPage", "1001")],
            [("ordersUpdatedSince", "-1000"), ("until", "-100"), ("status", "new")],
            [("ordersUpdatedSince", "-1000"), ("until", "-100"), ("pageSize", "100")],
            [("ordersUpdatedSince", "yesterday"), ("until", "-100")],
        ] as [[(String, String)]])
    func pageQuery(_ query: [(String, String)]) async throws {
        try await withSandbox { running in
            let dated = query.map { name, value in
                (
                    name,
                    Double(value).flatMap { $0 < 0 ? ISO8601DateFormatter().string(from: running.clock.now + $0) : nil } ?? value
                )
            }
            let answer = try await running.dsco(.GET, "/order/page", dated)
            #expect(answer.status == 400)
            #expect(answer.json["messages"]?.elements?.first?["code"] == "VALIDATION_FAILED")
            #expect(running.effects.violations.total == 1)
        }
    }

    @Test(
        "a body of the wrong shape, as a whole",
        arguments: [
            ("/order/acknowledge", #"[{"id":"PO-1"}]"#), ("/order/acknowledge", #"[{"id":"PO-1","type":"po"}]"#),
            ("/order/acknowledge", "[]"),
            ("/order/acknowledge", #"[{"id":"PO-1","type":"DSCO_ORDER_ID"}]"#),
            ("/order/acknowledge", #"{"id":"PO-1","type":"PO_NUMBER"}"#),
            ("/order/acknowledge", "[{"), ("/order/shipment/batch/small", #"[{"poNumber":"PO-1","shipments":[]}]"#),
            ("/order/shipment/batch/small", #"[{"shipments":[{"trackingNumber":"1","lineItems":[{"sku":"A","quantity":1}]}]}]"#),
            (
                "/order/shipment/batch/small",
                #"[{"poNumber":"P","shipments":[{"trackingNumber":"1","lineItems":[{"quantity":1}]}]}]"#
            ),
            (
                "/order/shipment/batch/small",
                #"[{"poNumber":"P","shipments":[{"trackingNumber":"1","lineItems":[{"sku":"A","quantity":"1"}]}]}]"#
            ),
            (
                "/order/shipment/batch/small",
                #"[{"poNumber":"P","carrier":"x","shipments":[{"trackingNumber":"1","lineItems":[{"sku":"A","quantity":1}]}]}]"#
            ),
            ("/invoice/batch/small", #"[{"invoiceId":"1","poNumber":"P","totalAmount":"10.00"}]"#),
            ("/invoice/batch/small", #"[{"invoiceId":"1","totalAmount":10.00}]"#),
            ("/invoice/batch/small", #"[{"invoiceId":"1","poNumber":"P","totalAmount":1,"dscoInvoiceId":"1"}]"#),
            (
                "/invoice/batch/small",
                #"[{"invoiceId":"1","poNumber":"P","totalAmount":1,"lineItems":[{"sku":"A","quantity":1}]}]"#
            ),
            ("/inventory/batch/small", #"[{"sku":"SKU-1001","quantityAvailable":1,"status":"in-stock"}]"#),
            (
                "/inventory/batch/small",
                #"[{"sku":"SKU-1001","warehouses":[{"code":"WH01","quantity":-1}],"quantityAvailable":-1,"status":"in-stock"}]"#
            ),
        ])
    func shape(_ path: String, _ body: String) async throws {
        try await withSandbox { running in
            let answer = try await running.send(
                .POST, "/dsco/api/v3\(path)",
                headers: [
                    ("Authorization", "Bearer sandbox-static-token"), ("Accept", "application/json"),
                    ("Content-Type", "application/json"),
                ],
                body: Array(body.utf8))
            #expect(answer.status == 400, "\(answer.text)")
            #expect(running.effects.violations.total == 1)
        }
    }

    @Test("a missing Content-Type, and a batch over five megabytes")
    func transport() async throws {
        try await withSandbox { running in
            let answer = try await running.send(
                .POST, "/dsco/api/v3/order/acknowledge",
                headers: [("Authorization", "bearer sandbox-static-token"), ("Accept", "application/json")],
                body: Array(#"[{"id":"1","type":"PO_NUMBER"}]"#.utf8))
            #expect(answer.status == 400)
            let big: Wire = .array(
                Array(repeating: ["id": .string(String(repeating: "x", count: 1000)), "type": "PO_NUMBER"], count: 5000))
            #expect(try await running.dsco(.POST, "/order/acknowledge", [], big).status == 400)
            #expect(running.effects.violations.details.map(\.rule) == ["content_type", "body_too_large"])
        }
    }

    @Test("an unknown order by 404, whatever the key")
    func unknownOrder() async throws {
        try await withSandbox { running in
            for key in ["dscoOrderId", "poNumber", "supplierOrderNumber"] {
                let answer = try await running.dsco(.GET, "/order/", [("orderKey", key), ("value", "77")])
                #expect(answer.status == 404)
                #expect(answer.json["messages"]?.elements?.first?["code"] == "notFound")
            }
            #expect(try await running.dsco(.GET, "/order/", [("orderKey", "po"), ("value", "77")]).status == 400)
        }
    }

    @Test("a call beyond the limit of one second, when limits are on")
    func rateLimit() async throws {
        try await withSandbox {
            $0.dsco.rateLimits = true
        } _: { running in
            var statuses: [Int] = []
            for _ in 0..<11 {
                statuses.append(try await running.dsco(.GET, "/order/", [("orderKey", "poNumber"), ("value", "1")]).status)
            }
            #expect(statuses.count { $0 == 404 } == 10)
            #expect(statuses.last == 429)
            running.clock.advance(1.1)
            #expect(try await running.dsco(.GET, "/order/", [("orderKey", "poNumber"), ("value", "1")]).status == 404)
        }
    }
}
