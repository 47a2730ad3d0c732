import Foundation
import Logging
import PostgreSQL
import ServiceLifecycle
import TestSupport
import Testing

@Suite("A pool")
struct PoolTests {
    private func pool(_ database: TestDatabase, size: Int = 2, waitLimit: Duration = .seconds(10)) -> PostgresPool {
        PostgresPool(configuration: database.configuration, size: size, waitLimit: waitLimit, logger: .silent)
    }

    private func sessions(_ database: TestDatabase) async throws -> Int {
        let observer = try await database.connect()
        defer { Task { await observer.close() } }
        return try await observer.query(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")[0].decode(0)
    }

    @Test("opens no more sessions than it has, and serves everyone")
    func bounded() async throws {
        try await withTestDatabase { database in
            let pool = pool(database, size: 3)
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<30 { group.addTask { try await pool.query("select pg_backend_pid(), pg_sleep(0.01)")[0].decode(0) } }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect((1...3).contains(processes.count))
            for _ in 0..<5 { try await pool.query("select 1") }
            #expect(try await sessions(database) == processes.count)
        }
    }

    @Test("lets those who wait give up, by cancellation and by deadline")
    func waiting() async throws {
        try await withTestDatabase { database in
            let pool = pool(database, size: 1, waitLimit: .milliseconds(200))
            try await pool.withConnection { _ in
                let late = await failure { try await pool.query("select 1") }
                #expect(late?.code == .timedOut)
                let task = Task { await failure { try await pool.query("select 1") } }
                task.cancel()
                #expect(await task.value?.code == .cancelled)
            }
            #expect(try await pool.query("select 1")[0].decode(0) == 1)
        }
    }

    @Test("replaces a session that broke, in use or idle")
    func heals() async throws {
        try await withTestDatabase { database in
            let pool = pool(database, size: 1)
            let error = await failure {
                try await pool.withConnection { connection in
                    try await database.terminate(processes: [connection.processID()])
                    return try await connection.query("select pg_sleep(1)")
                }
            }
            #expect(error?.code == .connectionLost)
            let process: Int32 = try await pool.query("select pg_backend_pid()")[0].decode(0)
            try await database.terminate(processes: [process])
            try await eventually {
                (try? await pool.query("select pg_backend_pid()")[0].decode(0, as: Int32.self)) ?? process != process
            }
        }
    }

    @Test("closes a session that nobody used for as long as its limit, not one that is in use again")
    func idle() async throws {
        try await withTestDatabase { database in
            let pool = PostgresPool(
                configuration: database.configuration, size: 1, idleLimit: .milliseconds(1500), logger: .silent)
            let process: Int32 = try await pool.query("select pg_backend_pid()")[0].decode(0)
            let again: Int32 = try await pool.query("select pg_backend_pid() from pg_sleep(2)")[0].decode(0)
            #expect(again == process)
            #expect(try await sessions(database) == 1)
            try await eventually { try await sessions(database) == 0 }
            #expect(try await pool.query("select pg_backend_pid()")[0].decode(0, as: Int32.self) != process)
        }
    }

    @Test("replaces an idle session whose server vanished without a word, long before a statement's time-out")
    func deadInSilence() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            let pool = PostgresPool(configuration: configuration, size: 1, trusted: .zero, logger: .silent)
            let first: Int32 = try await pool.query("select pg_backend_pid()")[0].decode(0)
            proxy.swallowOpenConnections()
            let start = ContinuousClock.now
            #expect(try await pool.query("select pg_backend_pid()")[0].decode(0) != first)
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("lends no session that the one before has left a mark on")
    func clean() async throws {
        try await withTestDatabase { database in
            let pool = pool(database, size: 1), observer = try await database.connect()
            try await pool.query("create table t (id int)")
            let first: Int32 = try await pool.query("select pg_backend_pid()")[0].decode(0)
            try await pool.withConnection { connection in
                try await connection.query("set time zone 'Asia/Shanghai'")
                try await connection.query("create temporary table scratch (id int)")
                #expect(try await connection.tryAdvisoryLocks(1, [1]) == [1])
                try await connection.listen("orders")
            }
            let zone: String = try await pool.query("select current_setting('TimeZone')")[0].decode(0)
            let timeout: String = try await pool.query("select current_setting('statement_timeout')")[0].decode(0)
            #expect(zone == "UTC" && timeout == "30s")
            #expect(try await pool.query("select to_regclass('scratch') is null")[0].decode(0))
            #expect(try await pool.query("select count(*) from pg_listening_channels()")[0].decode(0) == 0)
            #expect(try await observer.tryAdvisoryLocks(1, [1]) == [1])
            #expect(try await pool.query("select pg_backend_pid()")[0].decode(0) == first)
            try await pool.withConnection { connection in
                try await connection.executeScript("begin; insert into t values (1)")
            }
            #expect(try await pool.query("select count(*) from t")[0].decode(0) == 0)
            #expect(try await pool.query("select pg_backend_pid()")[0].decode(0) != first)
        }
    }

    @Test("frees the locks that a statement took before it failed")
    func lockedHalfway() async throws {
        try await withTestDatabase { database in
            let admin = try await database.connect()
            try await admin.executeScript(
                """
                create schema before;
                create function before.pg_try_advisory_lock(class int, key int) returns bool language plpgsql as $$ begin
                  if key = 3 then raise out_of_memory; end if;
                  return pg_catalog.pg_try_advisory_lock(class, key);
                end $$;
                do $$ begin execute format('alter database %I set search_path = before, pg_catalog, public', current_database()); end $$;
                """)
            let pool = pool(database, size: 1)
            let failure = await failure { try await pool.withConnection { try await $0.tryAdvisoryLocks(2, [1, 2, 3]) } }
            #expect(failure?.sqlState == "53200")
            #expect(try await admin.tryAdvisoryLocks(2, [1, 2, 3]) == [1, 2, 3])
        }
    }

    @Test("waits for what is still under way on a session that comes back, as a ping may be, and keeps the session")
    func underWay() async throws {
        try await withTestDatabase { database in
            let pool = pool(database, size: 1), observer = try await database.connect()
            let (process, straggler) = try await pool.withConnection { connection in
                let process = try await connection.processID()
                let straggler = Task { try await connection.query("select pg_sleep(0.3)") }
                try await eventually {
                    try await observer.query("select state = 'active' from pg_stat_activity where pid = \(process)")[0].decode(0)
                }
                return (process, straggler)
            }
            #expect(try await pool.query("select pg_backend_pid()")[0].decode(0) == process)
            _ = try await straggler.value
        }
    }

    @Test("runs transactions")
    func transactions() async throws {
        try await withTestDatabase { database in
            let pool = pool(database)
            try await pool.query("create table t (id int primary key)")
            try await pool.withTransaction { try await $0.query("insert into t values (1)") }
            let error = await failure {
                try await pool.withTransaction { connection in
                    try await connection.query("insert into t values (2)")
                    try await connection.query("insert into t values (1)")
                }
            }
            #expect(error?.isUniqueViolation == true)
            #expect(try await pool.query("select count(*) from t")[0].decode(0) == 1)
        }
    }

    @Test("waits for a server that is not there yet, and says so")
    func waitsForServer() async throws {
        try await withTestDatabase { database in
            let free = try TestProxy(to: database.port)
            let port = free.port
            free.cut()
            let (lines, line) = AsyncStream<String>.makeStream()
            let configuration = try PostgresConfiguration(url: "postgres://conveyor:hunter2@127.0.0.1:\(port)/\(database.name)")
            let pool = PostgresPool(
                configuration: configuration, logger: Logger(label: "test") { _ in RecordingHandler { line.yield($0) } })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.run() }
                var iterator = lines.makeAsyncIterator()
                let first = try #require(await iterator.next()), second = try #require(await iterator.next())
                #expect(first.contains("waiting for the database") && second.contains("waiting for the database"))
                #expect(first.contains("127.0.0.1:\(port)") && !first.contains("hunter2"))
                group.cancelAll()
            }
        }
    }

    @Test("stops at start when waiting would not help")
    func stopsAtStart() async throws {
        try await withTestDatabase { database in
            let pool = PostgresPool(configuration: database.configuration.with(database: "no_such_database"), logger: .silent)
            #expect(await failure { try await pool.run() }?.code == .databaseMissing)
        }
    }

    @Test("closes its sessions at graceful shutdown and turns new users away")
    func shutdown() async throws {
        try await withTestDatabase { database in
            let pool = pool(database)
            let group = ServiceGroup(configuration: .init(services: [.init(service: pool)], logger: .silent))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await pool.withConnection { connection in
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                    #expect(try await connection.query("select 1")[0].decode(0) == 1)
                }
            }
            #expect(await failure { try await pool.query("select 1") }?.code == .poolClosed)
            try await eventually { try await sessions(database) == 0 }
        }
    }
}

/// Hands every log line to a closure.
struct RecordingHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    let record: @Sendable (String) -> Void

    init(record: @escaping @Sendable (String) -> Void) { self.record = record }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { record("\(event.message) \(event.metadata ?? [:])") }
}
