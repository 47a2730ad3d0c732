import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("A connection")
struct QueryTests {
    @Test("sends interpolated values as typed binds, names as they are, fragments with their binds")
    func interpolation() async throws {
        let name = "O'Brien", wanted = [1, 2]
        let condition: PostgresQuery = "id = any(\(wanted)) and name <> \(name)"
        let query: PostgresQuery = "select \(unescaped: "\"odd name\"") from t where \(condition) limit \(5)"
        #expect(query.sql == "select \"odd name\" from t where id = any($1) and name <> $2 limit $3")
        #expect(query.binds.count == 3)
        try await withTestDatabase { database in
            let connection = try await database.connect()
            #expect(try await connection.query("select \("'; drop table x; --")")[0].decode(0) == "'; drop table x; --")
        }
    }

    @Test("counts the rows it touched")
    func affected() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table t (id int primary key)")
            #expect(try await connection.query("insert into t select generate_series(1, 7)").affected == 7)
            #expect(try await connection.query("delete from t where id > \(5)").affected == 2)
            let rows = try await connection.query("select id from t order by id")
            #expect(try rows.map { try $0.decode(0, as: Int.self) } == [1, 2, 3, 4, 5] && rows.affected == 5)
        }
    }

    @Test("has the settings that every session has")
    func settings() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect {
                $0.statementTimeout = .milliseconds(12_500)
                $0.sessionSettings = ["conveyor.note": "two words \\ here", "idle_session_timeout": "5s"]
            }
            let expected = [
                "statement_timeout": "12500ms", "idle_in_transaction_session_timeout": "5s", "TimeZone": "UTC",
                "client_encoding": "UTF8", "random_page_cost": "1.1",
                "conveyor.note": "two words \\ here", "idle_session_timeout": "5s", "application_name": "conveyor-test",
            ]
            for (name, value) in expected {
                #expect(try await connection.query("select current_setting(\(name))")[0].decode(0) == value)
            }
            let locks = try await PostgresConnection.connect(database.configuration.holdingLocks(), logger: .silent)
            let row = try await locks.query(
                "select current_setting('tcp_keepalives_idle') as idle, current_setting('client_connection_check_interval') as check"
            )[0]
            #expect(try row.decode("idle", as: String.self) == "3" && row.decode("check", as: String.self) == "2s")
        }
    }

    @Test("plans as its URL says, where the URL says how")
    func planning() async throws {
        try await withTestDatabase { database in
            let url = database.url + (database.url.contains("?") ? "&" : "?") + "options=-c%20random_page_cost%3D3"
            let connection = try await PostgresConnection.connect(PostgresConfiguration(url: url), logger: .silent)
            #expect(try await connection.query("select current_setting('random_page_cost')")[0].decode(0) == "3")
        }
    }

    @Test("tells errors of the server by their state, with constraint and table, and without the row's values")
    func serverErrors() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query(
                "create table person (id int constraint person_key primary key, age int constraint adult check (age > 17), born date not null default now())"
            )
            try await connection.query("insert into person values (4711, 30)")
            let double = await failure { try await connection.query("insert into person values (4711, 30)") }
            #expect(double?.code == .server(sqlState: "23505") && double?.isUniqueViolation == true)
            #expect(double?.constraint == "person_key" && double?.table == "person")
            #expect(double.map { "\($0)" }?.contains("4711") == false)
            #expect(double?.debugDescription.contains("4711") == true)
            let check = await failure { try await connection.query("insert into person values (1, 3)") }
            #expect(check?.code == .server(sqlState: "23514") && check?.constraint == "adult")
            let value = await failure { try await connection.query("select \("Jane Roe")::int") }
            #expect(value?.code == .server(sqlState: "22P02"))
            #expect(value.map { "\($0)" }?.contains("Jane") == false)
            let syntax = await failure { try await connection.query("selec 1") }
            #expect(syntax?.code == .server(sqlState: "42601") && syntax?.debugDescription.contains("selec 1") == true)
            let copy = await failure { try await connection.query("copy person to stdout") }
            #expect(copy?.code == .invalidQuery)
            #expect(await !connection.isOpen)
        }
    }

    @Test("runs scripts of several statements")
    func scripts() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.executeScript(
                "create table a (x int); -- a comment; with semicolon\ninsert into a values (1), (2);")
            let error = await failure {
                try await connection.executeScript("insert into a values (3); insert into nowhere values (1);")
            }
            #expect(error?.code == .server(sqlState: "42P01"))
            #expect(try await connection.query("select count(*) from a")[0].decode(0) == 2)
        }
    }

    @Test("says why it could not be opened")
    func openingFails() async throws {
        try await withTestDatabase { database in
            func opening(_ url: String) async -> PostgresError? {
                await failure { try await PostgresConnection.connect(PostgresConfiguration(url: url), logger: .silent) }
            }
            let role = await opening(database.url.replacing("conveyor@", with: "nobody_here:hunter2@"))
            #expect(role?.code == .authenticationFailed && role?.sqlState == "28000")
            let missing = await opening(database.url.replacing(database.name, with: "no_such_database"))
            #expect(missing?.code == .databaseMissing && missing?.sqlState == "3D000")
            let refused = await opening("postgres://conveyor:hunter2@127.0.0.1:1/orders")
            #expect(refused?.code == .connectionFailed)
            #expect(refused.map { "\($0)" }?.contains("127.0.0.1:1/orders") == true)
            #expect(refused.map { "\($0)" }?.contains("refused") == true)
            let unknown = await opening("postgres://conveyor:hunter2@no-such-host.invalid/orders")
            #expect(unknown?.code == .connectionFailed)
            for error in [role, missing, refused, unknown] { #expect(error?.debugDescription.contains("hunter2") == false) }
        }
    }

    @Test("gives up a server that does not answer, at its deadline or when the task is cancelled")
    func openingHangs() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            proxy.freeze()
            var configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            configuration.connectTimeout = .milliseconds(200)
            let silent = await failure { try await PostgresConnection.connect(configuration, logger: .silent) }
            #expect(silent?.code == .connectionFailed)
            #expect(silent.map { "\($0)" }?.contains("did not answer") == true)
            configuration.connectTimeout = .seconds(60)
            let task = Task { [configuration] in
                await failure { try await PostgresConnection.connect(configuration, logger: .silent) }
            }
            try await eventually { proxy.sentChunks > 1 }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test("blocks no shared thread: twelve sleep at the same time")
    func concurrentSleeps() async throws {
        try await withTestDatabase { database in
            var connections: [PostgresConnection] = []
            for _ in 0..<12 { connections.append(try await database.connect()) }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in connections { group.addTask { try await connection.query("select pg_sleep(0.3)") } }
                try await group.waitForAll()
            }
            // One after the other they would take 3.6 s.
            #expect(ContinuousClock.now - start < .seconds(1.5))
        }
    }

    @Test("takes the queries of many tasks in the order in which they came")
    func turns() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 { group.addTask { try await connection.query("select \(number)")[0].decode(0) } }
                let sum = try await group.reduce(0, +)
                #expect(sum == 4950)
            }
        }
    }
}
