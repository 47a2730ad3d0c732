package import Domain
package import FoundationEssentials
import JSON
package import PostgreSQL

/// The reads and writes of a stock pass, on the session that holds the stage's lock.
package struct StockStore: Sendable {
    let session: PostgresConnection
    let runID: UUID

    package init(session: PostgresConnection, runID: UUID) {
        self.session = session
        self.runID = runID
    }

    /// What is remembered of every SKU.
    package func levels() async throws -> [String: StockPlan.Level] {
        let rows = try await session.query(
            "select sku, warehouses, confirmed_at, missing_passes, unknown_at from stock_level order by sku")
        var levels: [String: StockPlan.Level] = [:]
        for row in rows {
            let sku: String = try row.decode("sku")
            let warehouses = try row.decode("warehouses", as: PostgresJSON?.self).map { try Self.warehouses($0.text) }
            levels[sku] = StockPlan.Level(
                confirmed: warehouses.map { StockFigure(sku: sku, warehouses: $0) }, confirmedAt: try row.decode("confirmed_at"),
                missingPasses: try row.decode("missing_passes"), unknownAt: try row.decode("unknown_at"))
        }
        return levels
    }

    /// The units of all orders at status 1, whatever their holds: DSCO has taken them off, LingXing does not know them (design 6).
    package func pendingUnits() async throws -> [StockPlan.PendingUnits] {
        let rows = try await session.query(
            """
            select x.sku, x.warehouse, sum(x.units)::bigint as units
            from dsco_order_sync o, json_to_recordset(o.open_units) as x (sku text, warehouse text, units bigint)
            where o.status = 1 group by x.sku, x.warehouse order by x.sku, x.warehouse
            """)
        return try rows.map { row in
            StockPlan.PendingUnits(
                sku: try row.decode("sku"), warehouseCode: try row.decode("warehouse"), quantity: try row.decode("units"))
        }
    }

    /// The SKUs of which orders came, or were cancelled, since their figure was on its way: DSCO takes an order's units off its own figure
    /// and gives them back (DSCO contract 7), so that the confirmed one no longer stands there.
    package func movedSKUs() async throws -> Set<String> {
        let rows = try await session.query(
            "select m.sku from stock_move m join stock_level l on l.sku = m.sku where m.moved_at >= l.confirmed_at")
        return Set(try rows.map { try $0.decode("sku") })
    }

    /// Figures under way: at most one a SKU.
    package func open() async throws -> [StoredSubmission] {
        try await session.query(
            """
            select id, stage, key, state, effect, attempts, run_id, request_id, sent_at, deadline_at, absent_looks, absent_at
            from submission where stage = 'stock' and is_open order by key
            """
        ).map(StoredSubmission.init)
    }

    /// Writes down what is about to be sent. A SKU whose former figure is still under way is left out.
    ///
    /// - Returns: the row of each SKU that may be sent until `deadline`.
    package func intend(_ figures: [StockFigure], deadline: Date, now: Date) async throws -> [String: Int64] {
        guard !figures.isEmpty else { return [:] }
        let written = try await session.query(
            """
            insert into submission (stage, key, state, effect, run_id, created_at, deadline_at)
            select 'stock', x.key, 'intended', x.effect::json, \(runID), \(now), \(deadline)
            from unnest(\(figures.map(\.key.withoutNUL)), \(figures.map { LedgerCoding.text($0) })) as x (key, effect) order by x.key
            on conflict (order_key, stage, key) where is_live do nothing returning id, key
            """)
        var ids: [String: Int64] = [:]
        for row in written { ids[try row.decode("key")] = try row.decode("id") }
        return ids
    }

    /// Moves settled figures to the SKUs' levels; their ledger rows go (design 7), and the history says how it ended. A row that somebody
    /// else closed changes nothing. A figure counts as confirmed from its intent on: what moved at DSCO between sending and confirming has
    /// moved since.
    package func settle(_ settlements: [StockSettlement], now: Date) async throws {
        guard !settlements.isEmpty else { return }
        try await session.query(Self.settling(settlements, now: now))
    }

    /// Adds to the stock history.
    package func record(_ history: [StockHistoryRow], now: Date) async throws {
        guard !history.isEmpty else { return }
        try await session.query(recording(history, now: now))
    }

    /// Notes in how many complete passes running LingXing lacked these SKUs.
    package func note(missingPasses: [String: Int], now: Date) async throws {
        guard !missingPasses.isEmpty else { return }
        let sorted = missingPasses.sorted { $0.key < $1.key }
        try await session.query(
            """
            update stock_level l set missing_passes = x.passes, updated_at = \(now)
            from unnest(\(sorted.map(\.key)), \(sorted.map(\.value))) as x (sku, passes) where l.sku = x.sku
            """)
    }

    private static func warehouses(_ text: String) throws -> [StockFigure.WarehouseQuantity] {
        do {
            return try JSONReader(JSONDocument(Array(text.utf8)).root).elements().map(StockFigure.WarehouseQuantity.init)
        } catch {
            throw StoreError(.unreadable, "a stock figure cannot be read", underlying: error)
        }
    }

    private func recording(_ history: [StockHistoryRow], now: Date) -> PostgresQuery {
        """
        insert into dsco_warehouse_sync (at, run_id, sku, warehouse_code, lingxing_quantity, dsco_quantity, difference, result)
        select \(now), \(runID), x.sku, x.warehouse, x.lingxing, x.dsco, x.difference, x.result
        from unnest(
          \(history.map(\.sku.withoutNUL)), \(history.map(\.warehouseCode.withoutNUL)), \(history.map(\.lingXingQuantity)),
          \(history.map(\.dscoQuantity)), \(history.map(\.difference)), \(history.map(\.result.rawValue))
        ) as x (sku, warehouse, lingxing, dsco, difference, result)
        """
    }

    private static func settling(_ settlements: [StockSettlement], now: Date) -> PostgresQuery {
        """
        with x as (
          select id, sku, warehouses::json as warehouses, "end", words from unnest(
            \(settlements.map(\.id)), \(settlements.map(\.figure.sku.withoutNUL)),
            \(settlements.map { StockFigure.WarehouseQuantity.list($0.figure.warehouses).withoutNUL.text() }),
            \(settlements.map(\.end.name)), \(settlements.map { $0.end.words?.withoutNUL })
          ) as x (id, sku, warehouses, "end", words)
        ), gone as (
          delete from submission s using x where s.id = x.id and s.is_open
          returning s.id, s.run_id, s.created_at
        ), told as (
          update dsco_warehouse_sync h set result = x."end", words = x.words
          from x join gone on gone.id = x.id where h.sku = x.sku and h.run_id = gone.run_id and h.result = 'sent'
        ), doubted as (
          insert into stock_level as l (sku, warehouses, updated_at)
          select x.sku, x.warehouses, \(now) from x join gone on gone.id = x.id where x."end" = 'superseded' order by x.sku
          on conflict (sku) do update
          set warehouses = coalesce(l.warehouses, excluded.warehouses), confirmed_at = null, updated_at = excluded.updated_at
        )
        insert into stock_level as l (sku, warehouses, confirmed_at, unknown_at, last_error, updated_at)
        select x.sku, case x."end" when 'confirmed' then x.warehouses end, case x."end" when 'confirmed' then gone.created_at end,
               case x."end" when 'unknown_sku' then \(now) end, x.words, \(now)
        from x join gone on gone.id = x.id where x."end" <> 'superseded' order by x.sku
        on conflict (sku) do update
        set warehouses = coalesce(excluded.warehouses, l.warehouses), confirmed_at = coalesce(excluded.confirmed_at, l.confirmed_at),
            unknown_at = excluded.unknown_at, last_error = excluded.last_error, updated_at = excluded.updated_at
        """
    }
}
