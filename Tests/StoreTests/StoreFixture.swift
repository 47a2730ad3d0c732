import Domain
import FoundationEssentials
import JSON
import Logging
import Pipeline
import PostgreSQL
import TestSupport
import Testing

@testable import Store

/// A migrated database of the test's own, with a pool, one session as a run has it, and a clock that stands still.
struct StoreFixture: Sendable {
    static let noon = Date(timeIntervalSince1970: 1_767_268_800)

    let database: TestDatabase
    let pool: PostgresPool
    let session: PostgresConnection
    let runID = UUID()
    let now = noon

    static func run(_ body: (StoreFixture) async throws -> Void) async throws {
        try await withTestDatabase(migrated: true) { database in
            let pool = PostgresPool(configuration: database.configuration, size: 4, logger: .silent)
            let session = try await database.connect()
            try await body(StoreFixture(database: database, pool: pool, session: session))
            await session.close()
        }
    }

    func pull(_ page: PulledPage, at time: Date? = nil) async throws -> PullCounts {
        try await PullStore(session: session, runID: runID, recheck: 3600, decode: PulledOrder.decode).store(
            page, now: time ?? now)
    }

    @discardableResult
    func put(_ ids: String..., status: OrderStatus = .pulled, hold: Hold? = nil) async throws -> [OrderKey] {
        let orders = ids.map { PulledOrder.sample($0) }
        _ = try await pull(PulledPage(orders: orders))
        for order in orders {
            let next = hold == nil && status.next != nil ? now : nil
            try await set(
                order.key,
                """
                status = \(status.rawValue), hold_reason = \(hold?.reason.rawValue), hold_facts = \(hold?.facts),
                hold_since = \(hold == nil ? nil : now), next_attempt = coalesce(\(next), 'infinity')
                """)
        }
        return orders.map(\.key)
    }

    /// An effect of the order that a run left in this state.
    @discardableResult
    func submission(
        _ order: OrderKey, _ stage: Stage, _ key: String, _ state: SubmissionState, run: UUID? = nil, deadline: Date? = nil
    ) async throws -> Int64 {
        try await pool.query(
            """
            insert into submission (stage, order_key, key, state, effect, run_id, created_at, deadline_at)
            values (\(stage.rawValue), \(order.rawValue), \(key), \(state.rawValue), '{}', \(run ?? runID), \(now), \(deadline ?? now))
            returning id
            """)[0].decode("id")
    }

    func set(_ order: OrderKey, _ assignment: PostgresQuery) async throws {
        let rows = try await pool.query("update dsco_order_sync set \(assignment) where order_key = \(order.rawValue)")
        precondition(rows.affected == 1)
    }

    func column<T: PostgresDecodable>(_ order: OrderKey, _ column: String, as type: T.Type = T.self) async throws -> T {
        try await pool.query("select \(unescaped: column) as value from dsco_order_sync where order_key = \(order.rawValue)")[0]
            .decode("value")
    }

    func state(_ order: OrderKey) async throws -> OrderView {
        guard let detail = try await OrderDirectory(pool).detail(order) else { throw StoreError.noOrder }
        return detail.order
    }

    func kinds(_ order: OrderKey) async throws -> [String] {
        try await OrderDirectory(pool).detail(order)?.events.map(\.kind) ?? []
    }

    func count(_ sql: PostgresQuery) async throws -> Int { try await pool.query(sql)[0].decode(0) }
}

extension StoreFixture {
    /// Returns when so many sessions wait for a lock.
    func waitForBlocked(_ count: Int) async throws {
        for _ in 0..<1000 {
            let waiting: Int = try await pool.query(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()
                """)[0].decode(0)
            if waiting == count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("within five seconds no \(count) sessions waited for a lock")
    }
}

extension PulledOrder {
    /// `note` stands for whatever else DSCO says.
    static func sample(
        _ id: String, po: String? = nil, updated: Date = StoreFixture.noon, note: String = "",
        adjust: (inout Order) -> Void = { _ in }
    ) -> PulledOrder {
        var line = OrderLine(quantity: 2)
        line.sku = "SKU-1"
        line.partnerSKU = "MSKU-1"
        var order = Order(dscoOrderID: id, poNumber: po ?? "PO-\(id)", lines: [line])
        order.updated = updated
        order.dscoStatus = .created
        adjust(&order)
        let seconds = Int(updated.timeIntervalSince1970)
        let payload = """
            { "id":"\(id.withoutNUL)", "updated":\(seconds), "status":"\(order.dscoStatus?.rawValue ?? "")", "lifecycle":"\(order.lifecycle?.rawValue ?? "")",
              "city":"\(order.shipping.city ?? "")", "retailer":"\(order.retailerID?.withoutNUL ?? "")", "note":"\(note)",
              "lineItems":[{"sku":"\(order.lines[0].sku ?? "")", "cancelledQuantity":\(order.lines[0].cancelledQuantity)}] }
            """
        return PulledOrder(order: order, payload: Array(payload.utf8))
    }

    /// Reads what `sample` wrote.
    static let decode: @Sendable ([UInt8]) throws -> Order = { bytes in
        let reader = JSONReader(try JSON.parse(bytes))
        let updated = Date(timeIntervalSince1970: Double(try reader.int("updated")))
        return try sample(reader.string("id"), updated: updated) { order in
            order.dscoStatus = (try? reader.string("status")).flatMap(Order.DSCOStatus.init)
            order.lifecycle = (try? reader.string("lifecycle")).flatMap(Order.Lifecycle.init)
            order.shipping.city = (try? reader.string("city")).flatMap { $0.isEmpty ? nil : $0 }
            order.lines[0].cancelledQuantity = (try? reader.elements("lineItems").first?.int("cancelledQuantity")) ?? 0
        }.order
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
