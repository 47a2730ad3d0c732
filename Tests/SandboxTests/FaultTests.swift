import AsyncHTTPClient
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("Faults")
struct FaultTests {
    private func acknowledgement(_ po: String) -> Wire { [["id": .string(po), "type": "PO_NUMBER"]] }

    @Test(
        "a cut connection gives no answer; before: nothing was done, after: all of it",
        arguments: [Fault.Kind.cutBefore, .cutAfter])
    func cut(_ kind: Fault.Kind) async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            running.sandbox.faults.add([Fault(.dsco, "/order/acknowledge", kind, count: 1)])
            await #expect(throws: (any Error).self) {
                _ = try await running.dsco(.POST, "/order/acknowledge", [], acknowledgement(made.po))
            }
            let order = try await running.order(made.id)
            #expect(order["dscoLifecycle"] == (kind == .cutAfter ? "acknowledged" : "created"))
            #expect(running.sandbox.faults.drawn == [kind.rawValue: 1])
            #expect(try await running.dsco(.GET, "/hello").status == 200)
        }
    }

    @Test(
        "answers that say that nothing was done, and one that lies",
        arguments: [Fault.Kind.tooMany, .serverError, .serverErrorAfter, .garbage])
    func answers(_ kind: Fault.Kind) async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            running.sandbox.faults.add([Fault(.dsco, "/order/ack", kind, count: 1, retryAfter: 3)])
            let answer = try await running.dsco(.POST, "/order/acknowledge", [], acknowledgement(made.po))
            let expected: [Fault.Kind: Int] = [.tooMany: 429, .serverError: 503, .serverErrorAfter: 502, .garbage: 202]
            #expect(answer.status == expected[kind])
            #expect(answer.json == .null || kind == .tooMany)
            if kind == .tooMany { #expect(answer.headers.first(name: "Retry-After") == "3") }
            let order = try await running.order(made.id)
            let done = kind == .serverErrorAfter || kind == .garbage
            #expect(order["dscoLifecycle"] == (done ? "acknowledged" : "created"))
        }
    }

    @Test("rows: refused, missing in the log, late in the log")
    func rows() async throws {
        try await withSandbox { running in
            let made = await running.sandbox.createOrders(OrderRequest(count: 3, mix: [(.plain, 1)]))
            func log(_ request: String) async throws -> Wire {
                try await running.dsco(.GET, "/order/log", [("requestId", request)]).json
            }
            func send(_ index: Int) async throws -> String {
                try #require(
                    try await running.dsco(.POST, "/order/acknowledge", [], acknowledgement(made[index].po)).json["requestId"]?
                        .text)
            }
            running.sandbox.faults.add([Fault(.dsco, "/order/acknowledge", .refuseRow, count: 1)])
            let refused = try await send(0)
            running.clock.advance(1)
            #expect(try await log(refused)["logs"]?.elements?.first?["status"] == "failure")
            #expect(try await running.order(made[0].id)["dscoLifecycle"] == "created")

            running.sandbox.faults.add([Fault(.dsco, "/order/acknowledge", .noLogRow, count: 1)])
            let missing = try await send(1)
            running.clock.advance(1)
            let empty = try await log(missing)
            #expect(empty["status"] == "COMPLETED")
            #expect(empty["logs"]?.elements?.isEmpty == true)
            #expect(try await running.order(made[1].id)["dscoLifecycle"] == "acknowledged")

            running.sandbox.faults.add([Fault(.dsco, "/order/acknowledge", .lateLogRow, count: 1, seconds: 30)])
            let late = try await send(2)
            running.clock.advance(1)
            #expect(try await log(late)["status"] == "PROCESSING")
            let pending = try await running.dsco(.GET, "/order/log", [("requestId", late), ("status", "pending")]).json
            #expect(pending["logs"]?.elements?.map { $0["status"] } == ["pending"])
            running.clock.advance(30)
            #expect(try await log(late)["logs"]?.elements?.count == 1)
        }
    }

    @Test("an effect hides from reads for a while, at both partners")
    func hidden() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            let order = try await running.order(made.id)
            running.sandbox.faults.add([
                Fault(.dsco, "/order/acknowledge", .hideEffect, count: 1, seconds: 20),
                Fault(.lingxing, "/pb/mp/order/v2/create", .hideEffect, count: 1, seconds: 20),
            ])
            try await running.acknowledge(made.po)
            let token = try await running.lingXingToken()
            _ = try await running.lingXing("/pb/mp/order/v2/create", running.createBody(order), token: token)
            func shown() async throws -> (lifecycle: String?, rows: Int?) {
                let body: Wire = ["length": 20, "offset": 0, "platform_order_nos": [.string(made.po)]]
                return (
                    try await running.order(made.id)["dscoLifecycle"]?.text,
                    try await running.lingXing("/pb/mp/order/v2/list", body, token: token).json["data"]?["list"]?.elements?.count
                )
            }
            let before = try await shown()
            #expect(before.lifecycle == "created")
            #expect(before.rows == 0)
            running.clock.advance(20)
            let after = try await shown()
            #expect(after.lifecycle == "acknowledged")
            #expect(after.rows == 1)
        }
    }

    @Test("tokens die early")
    func tokens() async throws {
        try await withSandbox { running in
            let dsco = try await running.dscoToken()
            let token = try await running.lingXingToken()
            running.sandbox.faults.add([
                Fault(.dsco, "*", .tokenExpired, count: 1), Fault(.lingxing, "*", .tokenExpired, count: 1),
            ])
            #expect(try await running.dsco(.GET, "/hello", token: dsco).status == 401)
            #expect(try await running.dsco(.GET, "/hello", token: dsco).status == 401)
            let body: Wire = ["length": 20, "offset": 0, "platform_order_nos": ["P"]]
            #expect(try await running.lingXing("/pb/mp/order/v2/list", body, token: token).json["code"] == "2001003")
            let renewed = try await running.lingXingToken()
            #expect(try await running.lingXing("/pb/mp/order/v2/list", body, token: renewed).json["code"] == 0)
            #expect(running.effects.violations.total == 0)
        }
    }

    @Test("are set, shown and cleared by the control API")
    func control() async throws {
        try await withSandbox { running in
            let body = #"[{"partner":"dsco","path":"/hello","kind":"429","rate":1,"retry_after":7}]"#
            let set = try await running.send(.POST, "/sandbox/faults", body: Array(body.utf8))
            #expect(set.status == 200)
            #expect(try await running.dsco(.GET, "/hello").status == 429)
            #expect(try await running.send(.GET, "/sandbox/faults").json["struck"]?["429"] == 1)
            #expect(try await running.send(.DELETE, "/sandbox/faults").status == 200)
            #expect(try await running.dsco(.GET, "/hello").status == 200)
            #expect(
                try await running.send(.POST, "/sandbox/faults", body: Array(#"[{"partner":"x","kind":"429"}]"#.utf8)).status
                    == 400)
        }
    }
}
