package import Domain
import FoundationEssentials
package import PostgreSQL

/// Reads orders for people.
package struct OrderDirectory: Sendable {
    package enum Held: Sendable, Hashable {
        case forAnyReason
        case `for`(HoldReason)
    }

    package struct Filter: Sendable, Hashable {
        package var status: OrderStatus?
        package var held: Held?
        package var limit: Int

        package init(status: OrderStatus? = nil, held: Held? = nil, limit: Int = 100) {
            self.status = status
            self.held = held
            self.limit = limit
        }
    }

    /// The newest lines of a timeline that are shown.
    private static let mostEvents = 1000

    let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// The orders with this poNumber or DSCO order id: several may share a poNumber (design 1, identity).
    package func find(_ name: String) async throws -> [OrderView] {
        let name = name.withoutNUL
        return try await pool.query(
            """
            select \(unescaped: OrderView.columns) from dsco_order_sync o where o.po_number = \(name) or o.order_key = \(name)
            order by o.order_key
            """
        ).map(OrderView.init)
    }

    /// The order with its ledger and timeline.
    package func detail(_ key: OrderKey) async throws -> OrderDetail? {
        let results = try await pool.withConnection { session in
            try await session.batch(Self.detailQueries(key))
        }
        guard let row = results[0].first else { return nil }
        return OrderDetail(
            order: try OrderView(row),
            unreadableNews: try results[3].first.map { row in
                OrderDetail.UnreadableNews(reason: try row.decode("reason"), since: try row.decode("first_seen"))
            },
            submissions: try results[1].map(OrderView.Submission.init),
            events: try results[2].map(OrderView.Event.init).reversed(),
            invoiceDifference: Self.invoiceDifference(results[4]))
    }

    /// LingXing's total less what was billed. A row that cannot be read tells nothing.
    private static func invoiceDifference(_ rows: PostgresRows) -> Decimal? {
        guard let first = rows.first, let text = try? first.decode("fulfilment", as: PostgresJSON?.self)?.text,
            let fulfilment: Fulfilment = try? LedgerCoding.read(text, what: "a fulfilment")
        else { return nil }
        let invoices = try? rows.map { row in
            try LedgerCoding.effect(row.decode("effect", as: PostgresJSON.self).text, as: Invoice.self)
        }
        return invoices.flatMap { Invoice.difference($0, to: fulfilment) }
    }

    /// The order's row, its ledger, its timeline, its news in quarantine and its invoices.
    static func detailQueries(_ key: OrderKey) -> [PostgresQuery] {
        [
            "select \(unescaped: OrderView.columns) from dsco_order_sync o where o.order_key = \(key.rawValue)",
            """
            select stage, key, state, attempts, request_id, sent_at, answer_code, answer_words from submission
            -- Each half of the condition opens an index of its own.
            where order_key = \(key.rawValue) and (is_live or not is_live) order by id
            """,
            """
            select at, kind, stage, run_id, by, text from order_event where order_key = \(key.rawValue)
            order by id desc limit \(Self.mostEvents)
            """,
            """
            select q.reason, q.first_seen from dsco_order_sync o join quarantined_payload q
            on \(unescaped: QuarantineStore.concernsOrder)
            where o.order_key = \(key.rawValue) order by q.last_seen desc limit 1
            """,
            """
            select o.fulfilment, s.effect from dsco_order_sync o join submission s on s.order_key = o.order_key
            where o.order_key = \(key.rawValue) and s.is_live and s.stage = 'invoice' and s.state = 'confirmed'
            """,
        ]
    }

    /// Held orders oldest hold first, of others the one first that came to its status last; of their failures the codes alone.
    package func list(_ filter: Filter) async throws -> [OrderView] {
        try await pool.query(Self.listing(filter)).map(OrderView.init)
    }

    static func listing(_ filter: Filter) -> PostgresQuery {
        if let held = filter.held {
            let reason: PostgresQuery =
                switch held {
                case .forAnyReason: "o.hold_reason is not null"
                case .for(let reason): "o.hold_reason = \(reason.rawValue)"
                }
            let status: PostgresQuery = filter.status.map { "and o.status = \($0.rawValue)" } ?? ""
            return """
                select \(unescaped: OrderView.listColumns) from dsco_order_sync o where \(reason) \(status)
                order by o.hold_since, o.order_key limit \(filter.limit)
                """
        }
        // The newest of each status, then the newest of those: the index is by status and time.
        let statuses = (filter.status.map { [$0] } ?? OrderStatus.allCases).map(\.rawValue)
        return """
            select o.* from unnest(\(statuses)) as s (status) cross join lateral (
              select \(unescaped: OrderView.listColumns) from dsco_order_sync o where o.status = s.status
              order by o.status_since desc limit \(filter.limit)) as o
            order by o.status_since desc, o.order_key limit \(filter.limit)
            """
    }
}
