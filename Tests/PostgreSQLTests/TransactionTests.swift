import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("A transaction")
struct TransactionTests {
    struct Refusal: Error {}

    private func withTable(_ body: (TestDatabase, PostgresConnection) async throws -> Void) async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table entry (id int primary key)")
            try await body(database, connection)
        }
    }

    private func entries(_ connection: PostgresConnection) async throws -> [Int] {
        try await connection.query("select id from entry order by id").map { try $0.decode(0) }
    }

    @Test("is committed when its body returns, rolled back when it throws")
    func commitAndRollback() async throws {
        try await withTable { _, connection in
            let id = try await connection.transaction { connection in
                try await connection.query("insert into entry values (1)")
                return 1
            }
            #expect(id == 1)
            await #expect(throws: Refusal.self) {
                try await connection.transaction { connection in
                    try await connection.query("insert into entry values (2)")
                    throw Refusal()
                }
            }
            #expect(try await entries(connection) == [1])
        }
    }

    @Test("keeps other users of its connection out until it ends, and lets its own child tasks in")
    func exclusive() async throws {
        try await withTable { _, connection in
            let (inside, enter) = AsyncStream<Void>.makeStream()
            let (outside, queued) = AsyncStream<Void>.makeStream()
            async let other: Int = {
                for await _ in inside { break }
                queued.yield()
                return try await connection.query("select count(*) from entry")[0].decode(0)
            }()
            try await connection.transaction { connection in
                try await connection.query("insert into entry values (1)")
                enter.yield()
                for await _ in outside { break }
                async let second = connection.query("insert into entry values (2)")
                async let third = connection.query("insert into entry values (3)")
                _ = try await (second, third)
            }
            #expect(try await other == 3)
        }
    }

    @Test("runs where its caller does, so that it may use the caller's state")
    func isolation() async throws {
        actor Owner {
            var seen = 0
            func run(_ connection: PostgresConnection) async throws -> Int {
                try await connection.transaction { connection in
                    seen += try await connection.query("select 41")[0].decode(0)
                    seen += 1
                }
                return seen
            }
        }
        try await withTable { _, connection in
            let seen = try await Owner().run(connection)
            #expect(seen == 42)
        }
    }

    @Test("inside a transaction is a savepoint")
    func savepoints() async throws {
        try await withTable { _, connection in
            try await connection.transaction { connection in
                try await connection.query("insert into entry values (1)")
                let error = await failure {
                    try await connection.transaction { connection in
                        try await connection.query("insert into entry values (2)")
                        try await connection.query("insert into entry values (1)")
                    }
                }
                #expect(error?.isUniqueViolation == true)
                try await connection.transaction { try await $0.query("insert into entry values (3)") }
            }
            #expect(try await entries(connection) == [1, 3])
        }
    }

    @Test("that swallowed a failure says that it was rolled back")
    func swallowedFailure() async throws {
        try await withTable { _, connection in
            let error = await failure {
                try await connection.transaction { connection in
                    try await connection.query("insert into entry values (1)")
                    _ = try? await connection.query("insert into entry values (1)")
                }
            }
            #expect(error?.code == .transactionRolledBack)
            let entries = try await entries(connection)
            #expect(entries.isEmpty)
        }
    }

    @Test("whose task is cancelled is rolled back and leaves the connection usable")
    func cancelled() async throws {
        try await withTable { database, connection in
            let observer = try await database.connect()
            let task = Task {
                await failure {
                    try await connection.transaction { connection in
                        try await connection.query("insert into entry values (1)")
                        try await connection.query("select pg_sleep(30)")
                    }
                }
            }
            try await eventually { try await observer.isRunning("pg_sleep") }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            let entries = try await entries(connection)
            #expect(entries.isEmpty)
        }
    }

    @Test("is committed although its task is cancelled after the body")
    func cancelledAfterBody() async throws {
        try await withTable { _, connection in
            let task = Task {
                try await connection.transaction { connection in
                    try await connection.query("insert into entry values (1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            try await task.value
            #expect(try await entries(connection) == [1])
        }
    }

    @Test("that loses its connection while committing says that the outcome is unknown")
    func lostWhileCommitting() async throws {
        try await withTable { database, connection in
            try await connection.executeScript(
                """
                create function hang_up() returns trigger language plpgsql as
                    $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
                create constraint trigger hang_up after insert on entry deferrable initially deferred
                    for each row execute function hang_up();
                """)
            let error = await failure { try await connection.transaction { try await $0.query("insert into entry values (1)") } }
            #expect(error?.code == .commitOutcomeUnknown)
            #expect(error?.isConnectionLoss == true)
            #expect(await !connection.isOpen)
        }
    }

    @Test("that lost its connection before committing was not committed")
    func lostBeforeCommitting() async throws {
        try await withTable { database, connection in
            let process = try await connection.processID()
            let error = await failure {
                try await connection.transaction { connection in
                    try await connection.query("insert into entry values (1)")
                    try await database.terminate(processes: [process])
                    _ = await connection.whenClosed()
                }
            }
            #expect(error?.code == .connectionLost && error?.sqlState == "57P01")
        }
    }

    @Test("that idles too long loses its session")
    func idle() async throws {
        try await withTable { database, _ in
            let connection = try await database.connect { $0.sessionSettings = ["idle_in_transaction_session_timeout": "100ms"] }
            await connection.keepAlive(every: .milliseconds(20))
            let error = await failure {
                try await connection.transaction { connection in
                    try await connection.query("insert into entry values (1)")
                    _ = await connection.whenClosed()
                }
            }
            #expect(error?.code == .connectionLost && error?.sqlState == "25P03")
        }
    }
}

@Suite("A batch")
struct BatchTests {
    @Test("is one round trip, whatever its length")
    func oneRoundTrip() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            let url = "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)"
            let connection = try await PostgresConnection.connect(PostgresConfiguration(url: url), logger: .silent)
            try await connection.query("create table t (id int)")
            let before = proxy.sentChunks
            let answers = try await connection.batch((0..<40).map { "insert into t values (\($0)) returning id" })
            #expect(proxy.sentChunks - before == 1)
            #expect(try answers.map { try $0[0].decode("id", as: Int.self) } == Array(0..<40))
        }
    }

    @Test("is all or nothing, and the connection goes on")
    func allOrNothing() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table t (id int primary key)")
            let error = await failure {
                try await connection.batch([1, 2, 1, 3].map { "insert into t values (\($0)) /* \(unescaped: "row \($0)") */" })
            }
            #expect(error?.isUniqueViolation == true)
            #expect(error?.debugDescription.contains("row 1") == true)
            #expect(try await connection.query("select count(*) from t")[0].decode(0) == 0)
            let none = try await connection.batch([])
            #expect(none.count == 0)
        }
    }

    @Test("inside a transaction is part of it")
    func insideTransaction() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table t (id int primary key)")
            try await connection.transaction { connection in
                try await connection.query("insert into t values (0)")
                try await connection.batch([1, 2].map { "insert into t values (\($0))" })
            }
            _ = await failure {
                try await connection.transaction { connection in
                    try await connection.batch([3, 4].map { "insert into t values (\($0))" })
                    try await connection.batch([5, 5].map { "insert into t values (\($0))" })
                }
            }
            #expect(try await connection.query("select max(id) from t")[0].decode(0) == 2)
        }
    }

    @Test("of many megabytes both ways neither stalls nor loses a row")
    func large() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let text = String(repeating: "x", count: 200_000)
            let answers = try await connection.batch((0..<60).map { "select \($0), \(text) || repeat('y', 200000)" })
            #expect(try answers.map { try $0[0].decode(0, as: Int.self) } == Array(0..<60))
            #expect(try answers.allSatisfy { try $0[0].decode(1, as: String.self).utf8.count == 400_000 })
        }
    }
}
