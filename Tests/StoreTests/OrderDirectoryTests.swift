import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL
import Testing

@testable import Store

@Suite("Orders and the belt, as people see them")
struct OrderDirectoryTests {
    @Test("An order is found by its poNumber or its DSCO id; a shared poNumber finds several")
    func find() async throws {
        try await StoreFixture.run { store in
            _ = try await store.pull(PulledPage(orders: [.sample("1", po: "PO"), .sample("2", po: "PO"), .sample("3")]))
            let directory = OrderDirectory(store.pool)
            #expect(try await directory.find("PO").map(\.dscoOrderID) == ["1", "2"])
            #expect(try await directory.find("3").map(\.poNumber) == ["PO-3"])
            #expect(try await directory.find("nobody").isEmpty)
        }
    }

    @Test("By how much LingXing's total differs from what is billed is shown, and only then")
    func invoiceDifference() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", status: .invoiced)[0]
            func difference() async throws -> Decimal? { try await OrderDirectory(store.pool).detail(key)?.invoiceDifference }
            try await store.set(key, "fulfilment = '{\"goods\":[],\"lingXingTotal\":31.35,\"shipments\":[]}'")
            #expect(try await difference() == nil)
            for (name, state) in [("order", SubmissionState.confirmed), ("WO2", .rejected)] {
                let id = try await store.submission(key, .invoice, name, state)
                let effect = """
                    {"currency":"USD","invoiceDate":"2026-01-01T12:00:00Z","invoiceID":"PO-1","key":"\(name)","lines":[],
                     "poNumber":"PO-1","totalAmount":30.15}
                    """
                try await store.pool.query("update submission set effect = \(PostgresJSON(text: effect)) where id = \(id)")
            }
            #expect(try await difference() == Decimal(string: "1.2"))
            let words = try #require(try await OrderDirectory(store.pool).detail(key)).json["invoice_difference"]?.string
            #expect(words == "1.2")
        }
    }

    @Test("The order's JSON has exactly the contract's fields")
    func json() async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", hold: Hold(.shopUnmapped, facts: "77"))[0]
            try await store.submission(key, .push, "create", .accepted)
            try await store.set(
                key, "last_error_code = 'e', last_error_text = 'words', last_error_at = \(store.now), attempts = 2")
            let detail = try #require(try await OrderDirectory(store.pool).detail(key))
            let fields = [
                "po_number", "dsco_order_id", "status", "hold", "waiting", "lingxing_order_numbers", "tracking_numbers",
                "invoice_id",
                "attempts", "last_error", "next_attempt",
            ]
            #expect(detail.order.json.object?.keys == fields)
            #expect(detail.json.object?.keys == fields + ["unreadable_news", "invoice_difference", "submissions", "events"])
            #expect(detail.json["hold"]?.object?.keys == ["reason", "text", "cure", "since"])
            #expect(detail.json["hold"]?["cure"]?.string == HoldReason.shopUnmapped.cure.english)
            #expect(detail.json["last_error"]?.text == nil)
            #expect(detail.json["last_error"]?.object?.keys == ["code", "text", "at"])
            #expect(
                detail.json["submissions"]?[0]?.object?.keys == ["stage", "key", "state", "attempts", "request_id", "sent_at"])
            #expect(detail.json["events"]?[0]?.object?.keys == ["at", "kind", "stage", "run", "by", "text"])
            #expect(detail.json["next_attempt"] == .null)
            #expect(detail.json["status"]?.int == 1)
            #expect(detail.order.json["hold"]?["since"]?.string == "2026-01-01T12:00:00.000Z")
        }
    }

    @Test(
        "A partner's words stay on the order's own page; lists have the code", arguments: [nil, OrderDirectory.Held.forAnyReason])
    func partnersWords(_ held: OrderDirectory.Held?) async throws {
        try await StoreFixture.run { store in
            let key = try await store.put("1", hold: Hold(.refusedByDSCO))[0]
            try await store.set(
                key, "last_error_code = 'E1', last_error_text = 'Mr. Li, 5 Main St', last_error_at = \(store.now)")
            var filter = OrderDirectory.Filter()
            filter.held = held
            let listed = try #require(try await OrderDirectory(store.pool).list(filter).first)
            #expect(listed.lastError?.code == "E1")
            #expect(!listed.json.text().contains("Main St"))
            #expect(try await OrderDirectory(store.pool).find("1").first?.lastError?.text == "Mr. Li, 5 Main St")
        }
    }

    @Test("Lists by status, by hold and reason, moved last first, held ones oldest first")
    func list() async throws {
        try await StoreFixture.run { store in
            try await store.put("1", "2", status: .pushed)
            try await store.put("3", status: .pushed, hold: Hold(.inDoubt))
            try await store.put("4", hold: Hold(.shopUnmapped))
            try await store.put("5", status: .invoiced)
            try await store.set(OrderKey(rawValue: "1"), "status_since = \(store.now.addingTimeInterval(5))")
            try await store.set(OrderKey(rawValue: "5"), "status_since = \(store.now.addingTimeInterval(9))")
            try await store.set(OrderKey(rawValue: "4"), "hold_since = \(store.now.addingTimeInterval(-9))")
            func list(_ filter: OrderDirectory.Filter) async throws -> [String] {
                try await OrderDirectory(store.pool).list(filter).map(\.key.rawValue)
            }
            #expect(try await list(.init(status: .pushed)) == ["1", "2", "3"])
            #expect(try await list(.init()) == ["5", "1", "2", "3", "4"])
            #expect(try await list(.init(limit: 2)) == ["5", "1"])
            #expect(try await list(.init(held: .forAnyReason)) == ["4", "3"])
            #expect(try await list(.init(held: .for(.inDoubt))) == ["3"])
            #expect(try await list(.init(status: .pulled, held: .forAnyReason)) == ["4"])
        }
    }

    @Test("The summary counts orders by status and each stage's due, waiting, held and doubtful")
    func summary() async throws {
        try await StoreFixture.run { store in
            let earlier = store.now.addingTimeInterval(-60)
            try await store.put("1", "2", "3")
            try await store.put("4", hold: Hold(.shopUnmapped))
            try await store.put("5", "6", status: .invoiced)
            try await store.set(
                OrderKey(rawValue: "2"), "next_attempt = \(store.now.addingTimeInterval(60)), status_since = \(earlier)")
            try await store.set(OrderKey(rawValue: "4"), "status_since = \(earlier.addingTimeInterval(-60))")
            try await store.submission(OrderKey(rawValue: "1"), .push, "create", .unknown)
            try await store.submission(
                OrderKey(rawValue: "2"), .push, "create", .intended, deadline: store.now.addingTimeInterval(5))
            try await store.submission(OrderKey(rawValue: "3"), .push, "create", .accepted)
            let runs = StageRunStore(store.session)
            for offset in [0.0, 10] {
                let id = UUID()
                try await runs.begin(
                    id, Tick(id: "t\(offset)", stage: .push, trigger: .manual), worker: "w",
                    now: store.now.addingTimeInterval(offset))
            }
            let bad = QuarantinedPayload(source: "s", order: nil, payload: [1], reason: "r")
            _ = try await store.pull(PulledPage(orders: [], quarantined: [bad]))

            let summary = try await OrderDirectory(store.pool).summary(now: store.now)
            #expect(summary.orders == [.pulled: 4, .invoiced: 2])
            #expect(summary.held == 1)
            #expect(summary.quarantined == 1)
            #expect(summary.unreadable.map(\.reason) == ["r"])
            let push = try #require(summary.stages[.push])
            #expect([push.due, push.waiting, push.held, push.inDoubt] == [2, 1, 1, 1])
            #expect(push.oldest == earlier)
            #expect(push.lastRun?.tickID == "t10.0")
            let json = summary.json(queues: [.push: 7])
            #expect(json.object?.keys == ["orders", "held", "quarantined", "stages", "replays", "unreadable"])
            #expect(json["orders"]?.object?.keys == ["1", "2", "3", "4", "5", "6"])
            #expect(
                json["stages"]?["push"]?.object?.keys == ["due", "waiting", "held", "in_doubt", "oldest", "last_run", "queue"])
            #expect(json["stages"]?["stock"]?["due"]?.int == 0)
        }
    }

    @Test("Every read for people goes by an index")
    func indexes() async throws {
        try await StoreFixture.run { store in
            try await store.fill(orders: 30_000)
            let filters: [OrderDirectory.Filter] = [
                .init(), .init(status: .invoiced), .init(status: .pushed), .init(held: .forAnyReason),
                .init(held: .for(.inDoubt)),
            ]
            let queries =
                OrderDirectory.summaryQueries(now: store.now) + filters.map(OrderDirectory.listing)
                + OrderDirectory.detailQueries(OrderKey(rawValue: "7")) + [
                    "select \(unescaped: OrderView.columns) from dsco_order_sync o where o.po_number = 'PO-7' or o.order_key = 'PO-7'",
                    RuntimeConfigurationStore.reexamination(RuntimeConfiguration(), after: nil, now: store.now),
                ]
            for query in queries {
                let plan = try await store.session.query("explain \(query)").map { try $0.decode(0, as: String.self) }.joined(
                    separator: "\n")
                for table in ["dsco_order_sync", "submission", "order_event", "stage_run"] {
                    #expect(!plan.contains("Seq Scan on \(table)"), "\(query.sql)\n\(plan)")
                }
            }
        }
    }
}
