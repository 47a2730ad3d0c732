package import Domain
package import FoundationEssentials
import JSON
package import PostgreSQL

/// The reads and writes of a stock pass, on the session that holds the stage's lock.
package struct StockStore: Sendable {
    /// The cursor that says when everything was last sent and recorded, changed or not.
    private static let fullPass = "stock full"

    let session: PostgresConnection
    let runID: UUID

    package init(session: PostgresConnection, runID: UUID) {
        self.session = session
        self.runID = runID
    }

    package func levels() async throws -> [String: StockLevel] {
        let rows = try await session.query(
            "select sku, warehouses, confirmed_at, missing_passes, unknown_at, last_error from stock_level order by sku")
        var levels: [String: StockLevel] = [:]
        for row in rows {
            let level = try StockLevel(row)
            levels[level.sku] = level
        }
        return levels
    }

    /// The units of all orders at status 1, whatever their holds: DSCO has taken them off, LingXing does not know them (design 6).
    package func pendingUnits() async throws -> [PendingUnits] {
        let rows = try await session.query(
            """
            select x.sku, x.warehouse, sum(x.units)::bigint as units
            from dsco_order_sync o, json_to_recordset(o.open_units) as x (sku text, warehouse text, units bigint)
            where o.status = 1 group by x.sku, x.warehouse order by x.sku, x.warehouse
            """)
        return try rows.map { row in
            PendingUnits(sku: try row.decode("sku"), warehouseCode: try row.decode("warehouse"), units: try row.decode("units"))
        }
    }

    /// Figures under way: at most one a SKU.
    package func open() async throws -> [StoredSubmission] {
        try await session.query(
            """
            select id, stage, key, state, effect, attempts, run_id, request_id, sent_at, deadline_at, absent_looks, absent_at
            from submission where stage = 'stock' and state in ('intended', 'accepted', 'unknown') order by key
            """
        ).map(StoredSubmission.init)
    }

    /// Writes down what is about to be sent. A SKU whose former figure is still under way is left out.
    ///
    /// - Returns: the row of each SKU that may be sent until `deadline`.
    package func intend(_ figures: [StockFigure], deadline: Date, now: Date) async throws -> [String: Int64] {
        guard !figures.isEmpty else { return [:] }
        let rows = JSON.array(try figures.map { ["key": .column($0.key), "effect": try LedgerCoding.json($0)] })
        let written = try await session.query(
            """
            insert into submission (stage, key, state, effect, run_id, created_at, deadline_at)
            select 'stock', x.key, 'intended', x.effect, \(runID), \(now), \(deadline)
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (key text, effect json) order by x.key
            on conflict (stage, order_key, key) where state in ('intended', 'accepted', 'unknown') or (state = 'confirmed' and stage <> 'stock')
            do nothing returning id, key
            """)
        var ids: [String: Int64] = [:]
        for row in written { ids[try row.decode("key")] = try row.decode("id") }
        return ids
    }

    /// Moves settled figures to the SKUs' levels; their ledger rows go (design 7). A row that somebody else closed changes nothing.
    package func settle(_ settlements: [StockSettlement], history: [StockHistoryRow], now: Date) async throws {
        var statements: [PostgresQuery] = []
        if !settlements.isEmpty { statements.append(try Self.settling(settlements, now: now)) }
        if !history.isEmpty { statements.append(recording(history, now: now)) }
        try await session.batch(statements)
    }

    /// Notes after a complete pass which known SKUs LingXing listed and which it did not.
    package func notePass(listed: [String], missing: [String], now: Date) async throws {
        try await session.batch([
            """
            update stock_level set missing_passes = 0, updated_at = \(now) where sku = any(\(listed.sorted())) and missing_passes > 0
            """,
            """
            update stock_level set missing_passes = missing_passes + 1, updated_at = \(now) where sku = any(\(missing.sorted()))
            """,
        ])
    }

    /// When everything was last sent and recorded, changed or not.
    package func lastFullPass() async throws -> Date? {
        try await SweepCursors.read(Self.fullPass, on: session)?.doneUntil
    }

    package func noteFullPass(now: Date) async throws {
        try await SweepCursors.move([SweepCursor(name: Self.fullPass, doneUntil: now)], now: now, on: session)
    }

    private func recording(_ history: [StockHistoryRow], now: Date) -> PostgresQuery {
        let rows = JSON.array(
            history.map { row in
                [
                    "sku": .column(row.sku), "warehouse": .column(row.warehouseCode), "lingxing": .column(row.lingXingQuantity),
                    "dsco": row.dscoQuantity.map { .column($0) } ?? .null, "difference": row.difference.map { .column($0) } ?? .null,
                    "result": .column(row.result.rawValue), "words": .column(row.words),
                ]
            })
        return """
            insert into dsco_warehouse_sync (at, run_id, sku, warehouse_code, lingxing_quantity, dsco_quantity, difference, result, words)
            select \(now), \(runID), x.sku, x.warehouse, x.lingxing, x.dsco, x.difference, x.result, x.words
            from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (
              sku text, warehouse text, lingxing int, dsco int, difference int, result text, words text)
            """
    }

    private static func settling(_ settlements: [StockSettlement], now: Date) throws -> PostgresQuery {
        let rows = JSON.array(
            try settlements.map { settlement in
                let warehouses = try LedgerCoding.json(ofValue: settlement.figure.warehouses)
                let (end, words): (String, String?) =
                    switch settlement.end {
                    case .confirmed: ("confirmed", nil)
                    case .refused(let words): ("refused", words)
                    case .unknownSKU(let words): ("unknown", words)
                    case .superseded: ("superseded", nil)
                    }
                return [
                    "id": .column(settlement.id), "sku": .column(settlement.figure.sku), "warehouses": warehouses, "end": .string(end),
                    "words": .column(words),
                ]
            })
        return """
            with x as (
              select * from json_to_recordset(\(PostgresJSON(text: rows.text()))) as x (id bigint, sku text, warehouses json, "end" text, words text)
            ), gone as (
              delete from submission s using x where s.id = x.id and s.state in ('intended', 'accepted', 'unknown') returning s.id
            )
            insert into stock_level as l (sku, warehouses, confirmed_at, unknown_at, last_error, updated_at)
            select x.sku, case x."end" when 'confirmed' then x.warehouses end, case x."end" when 'confirmed' then \(now) end,
                   case x."end" when 'unknown' then \(now) end, x.words, \(now)
            from x join gone on gone.id = x.id where x."end" <> 'superseded' order by x.sku
            on conflict (sku) do update
            set warehouses = coalesce(excluded.warehouses, l.warehouses), confirmed_at = coalesce(excluded.confirmed_at, l.confirmed_at),
                unknown_at = excluded.unknown_at, last_error = excluded.last_error, updated_at = excluded.updated_at
            """
    }
}

extension StockLevel {
    init(_ row: PostgresRow) throws {
        sku = try row.decode("sku")
        warehouses = try row.decode("warehouses", as: PostgresJSON?.self).map { try LedgerCoding.value($0.text, what: "a stock figure") }
        confirmedAt = try row.decode("confirmed_at")
        missingPasses = try row.decode("missing_passes")
        unknownAt = try row.decode("unknown_at")
        lastError = try row.decode("last_error")
    }
}
