import Domain
import FoundationEssentials
import PostgreSQL
import TestSupport
import Testing

@testable import Store

@Suite("What is past its retention goes, in batches")
struct RetentionTests {
    @Test("Each kind by its own days")
    func retention() async throws {
        try await StoreFixture.run { store in
            let now = store.now
            try await store.pool.query(
                "insert into order_event (order_key, at, kind, text) select 'x', \(now) - make_interval(days => d), 'k', '' from generate_series(0, 29) d"
            )
            try await store.pool.query(
                """
                insert into stage_run (id, stage, tick_id, trigger, shard_index, shard_of, worker, started_at, state)
                select gen_random_uuid(), 'push', 't', 'manual', 0, 1, 'w', \(now) - make_interval(days => d), 'done' from generate_series(0, 29) d
                """)
            try await store.pool.query(
                """
                insert into dsco_warehouse_sync (at, run_id, sku, warehouse_code, lingxing_quantity, result)
                select \(now) - make_interval(days => d), gen_random_uuid(), 's', 'w', 1, 'confirmed' from generate_series(0, 29) d
                """)
            var days = RuntimeConfiguration.RetentionDays()
            days.events = 20
            days.runs = 10
            days.stock = 5
            let deleted = try await Retention(store.pool, batch: 4).deleteExpired(days, now: now)
            #expect(deleted.events == 9)
            #expect(deleted.runs == 19)
            #expect(deleted.stock == 24)
            #expect(try await store.count("select count(*) from order_event") == 21)
        }
    }
}

@Suite("A database that does not fit the program is said so")
struct SchemaTests {
    @Test("An empty database asks for conveyor migrate, a migrated one is fine")
    func check() async throws {
        let migrator = try Migrator(migrations: [Migration(number: 1, name: "0001_one", sql: "create table one (a int)")])
        try await withTestDatabase { database in
            let pool = PostgresPool(configuration: database.configuration, logger: .silent)
            let error = await #expect(throws: StoreError.self) { try await Schema.check(pool, migrator) }
            #expect(error?.description == "database not migrated: run `conveyor migrate`")
            try await pool.withConnection { _ = try await migrator.migrate($0) }
            try await Schema.check(pool, migrator)
        }
    }
}
