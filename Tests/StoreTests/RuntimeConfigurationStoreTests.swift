import Domain
import FoundationEssentials
import JSON
import PostgreSQL
import TestSupport
import Testing

@testable import Store

@Suite("The runtime configuration is changed as a whole")
struct RuntimeConfigurationStoreTests {
    private var configuration: RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.mapping.shop = ["1": "2"]
        return configuration
    }

    @Test("What was set is current, and every version is kept")
    func history() async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            #expect(try await store.current() == nil)
            let first = try await store.set(configuration, ifVersion: nil, by: "ann", now: fixture.now)
            #expect(first.version == 1)
            var second = configuration
            second.stock.reserve = 3
            _ = try await store.set(second, ifVersion: 1, by: "bob", now: fixture.now)
            #expect(try await store.current()?.configuration == second)
            #expect(try await store.history(limit: 10).map(\.version) == [2, 1])
            #expect(try await store.history(limit: 10).map(\.changedBy) == ["bob", "ann"])
        }
    }

    @Test("A change from another version than the current one is refused and leaves nothing behind", arguments: [1, 7])
    func conflict(_ expected: Int) async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            let error = await #expect(throws: StoreError.self) {
                try await store.set(configuration, ifVersion: expected, by: "ann", now: fixture.now)
            }
            #expect(error?.code == .conflict)
            #expect(try await store.current() == nil)
            _ = try await store.set(configuration, ifVersion: 0, by: "ann", now: fixture.now)
        }
    }

    @Test("Setting what is in force makes no version")
    func same() async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            _ = try await store.set(configuration, ifVersion: nil, by: "ann", now: fixture.now)
            #expect(try await store.set(configuration, ifVersion: nil, by: "bob", now: fixture.now).version == 1)
            #expect(try await store.current()?.changedBy == "ann")
        }
    }

    @Test("Of changes made at once from the same version one comes through")
    func race() async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            let won = await withTaskGroup(of: Bool.self) { group in
                for reserve in 1...4 {
                    group.addTask {
                        var mine = RuntimeConfiguration()
                        mine.stock.reserve = reserve
                        return (try? await store.set(mine, ifVersion: 0, by: "\(reserve)", now: fixture.now)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            let current = try await store.current()
            #expect(current?.version == 1)
        }
    }

    @Test(
        "A change brings back the holds it could cure and what waits because a stage may not write",
        arguments: [
            ("hold_reason = 'shop_unmapped', hold_facts = '1'", true),
            ("hold_reason = 'shop_unmapped', hold_facts = 'other'", false),
            ("hold_reason = 'logistics_unmapped', hold_facts = 'R-R'", false), ("hold_reason = 'price_missing'", false),
            ("hold_reason = 'in_doubt'", false), ("hold_reason = 'by_operator'", false), ("wait_reason = 'write_off'", true),
            ("wait_reason = 'not_shipped'", false),
        ])
    func reexamination(_ standing: String, _ comesBack: Bool) async throws {
        try await StoreFixture.run { fixture in
            let key = try await fixture.put("1", status: .pushed)[0]
            try await fixture.set(key, "\(unescaped: standing), next_attempt = 'infinity'")
            _ = try await RuntimeConfigurationStore(fixture.pool).set(configuration, ifVersion: nil, by: "ann", now: fixture.now)
            #expect(try await fixture.state(key).nextAttempt == (comesBack ? fixture.now : nil))
            #expect((try await fixture.state(key).hold != nil) == standing.hasPrefix("hold"))
        }
    }

    @Test("A stored document that this program cannot read is named, not guessed", .timeLimit(.minutes(1)))
    func unreadable() async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            _ = try await store.set(configuration, ifVersion: nil, by: "ann", now: fixture.now)
            try await fixture.pool.query("update runtime_config set document = '{\"identity\":\"colour\"}', version = 2")
            let error = await #expect(throws: StoreError.self) { try await store.current() }
            #expect(error?.code == .unreadable)
            #expect(error?.description.contains("identity") == true)
        }
    }
}

@Suite("A process always has the newest valid configuration")
struct RuntimeConfigurationCacheTests {
    @Test(
        "No configuration yet is a state of its own; news come by notification, also after the connection was lost",
        .timeLimit(.minutes(1)))
    func notification() async throws {
        try await StoreFixture.run { fixture in
            let store = RuntimeConfigurationStore(fixture.pool)
            let cache = RuntimeConfigurationCache(store: store, listening: fixture.database.configuration, logger: .silent)
            #expect(cache.state == .unread)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cache.run() }
                var states = cache.states().makeAsyncIterator()
                #expect(await states.next() == .absent)
                #expect(cache.current == nil)

                var configuration = RuntimeConfiguration()
                configuration.stock.reserve = 1
                _ = try await store.set(configuration, ifVersion: nil, by: "ann", now: fixture.now)
                #expect(await states.next()?.snapshot?.version == 1)
                #expect(try await cache.snapshot().configuration == configuration)

                let own = try await fixture.session.query("select pg_backend_pid()")[0].decode(0, as: Int32.self)
                let others = try await fixture.session.query(
                    "select pid from pg_stat_activity where datname = current_database() and pid <> \(own)")
                try await fixture.database.terminate(processes: others.map { try $0.decode("pid", as: Int32.self) })
                configuration.stock.reserve = 2
                let document = PostgresJSON(text: configuration.document.text())
                try await fixture.session.query("update runtime_config set document = \(document), version = 2")
                #expect(await states.next()?.snapshot?.configuration.stock.reserve == 2)

                // What it cannot read changes nothing.
                try await fixture.session.query("update runtime_config set document = '[]', version = 3")
                await cache.reload()
                #expect(cache.current?.version == 2)
                group.cancelAll()
            }
        }
    }
}
