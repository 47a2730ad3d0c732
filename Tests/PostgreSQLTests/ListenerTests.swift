import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("Notifications")
struct ListenerTests {
    @Test("arrive on the channel listened to, also while nothing else happens")
    func arrive() async throws {
        try await withTestDatabase { database in
            let listening = try await database.connect(), sending = try await database.connect()
            let notifications = await listening.notifications()
            try await listening.listen("Odd \"name\"")
            try await sending.query("select pg_notify('Odd \"name\"', 'one'), pg_notify('other', 'none')")
            try await sending.query("select pg_notify('Odd \"name\"', '')")
            var iterator = notifications.makeAsyncIterator()
            #expect(await iterator.next() == PostgresNotification(channel: "Odd \"name\"", payload: "one"))
            #expect(await iterator.next() == PostgresNotification(channel: "Odd \"name\"", payload: ""))
            await listening.close()
            #expect(await iterator.next() == nil)
        }
    }

    @Test("that were missed are made up after every connect")
    func madeUp() async throws {
        try await withTestDatabase { database in
            let (events, event) = AsyncStream<String>.makeStream()
            let listener = PostgresListener(
                configuration: database.configuration, channels: ["a", "b"], logger: .silent,
                onNotification: { event.yield("\($0.channel):\($0.payload)") }, onReconnect: { event.yield("reconnected") },
                random: { 0 })
            let connection = try await database.connect()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                var iterator = events.makeAsyncIterator()
                #expect(await [iterator.next(), iterator.next()] == ["a:", "b:"])
                try await connection.query("select pg_notify('b', 'x')")
                #expect(await iterator.next() == "b:x")
                let process: Int32 = try await connection.query(
                    """
                    select pid from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'
                    """)[0].decode(0)
                try await database.terminate(processes: [process])
                #expect(await [iterator.next(), iterator.next(), iterator.next()] == ["reconnected", "a:", "b:"])
                try await connection.query("select pg_notify('a', 'y')")
                #expect(await iterator.next() == "a:y")
                group.cancelAll()
            }
        }
    }
}
