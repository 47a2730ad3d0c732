import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("When something goes wrong, a connection")
struct FailureTests {
    @Test("stops the statement of a cancelled task at once and serves the next")
    func cancellation() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect(), observer = try await database.connect()
            for _ in 0..<5 {
                let task = Task { await failure { try await connection.query("select pg_sleep(30)") } }
                try await eventually { try await observer.isRunning("pg_sleep") }
                let start = ContinuousClock.now
                task.cancel()
                #expect(await task.value?.code == .cancelled)
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(try await connection.query("select 1")[0].decode(0) == 1)
            }
        }
    }

    @Test("never lets a late cancel request hit the next statement")
    func cancellationRace() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            for round in 0..<100 {
                let task = Task { try await connection.query("select pg_sleep(\(Double(round % 5) / 5000))") }
                if round % 2 == 0 { await Task.yield() }
                task.cancel()
                _ = await task.result
                #expect(try await connection.query("select \(round), pg_sleep(0.001)")[0].decode(0) == round)
            }
        }
    }

    @Test("lets a cancelled task leave the line without disturbing the others")
    func cancelledInLine() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect(), observer = try await database.connect()
            async let busy = connection.query("select pg_sleep(0.5)")
            try await eventually { try await observer.isRunning("pg_sleep") }
            let task = Task { await failure { try await connection.query("select 1") } }
            async let next = connection.query("select 2")
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            _ = try await busy
            #expect(try await next[0].decode(0) == 2)
        }
    }

    @Test("reports the server's statement time-out and goes on")
    func statementTimeout() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect { $0.statementTimeout = .milliseconds(100) }
            let error = await failure { try await connection.query("select pg_sleep(30)") }
            #expect(error?.code == .timedOut && error?.sqlState == "57014")
            #expect(try await connection.query("select 1")[0].decode(0) == 1)
        }
    }

    @Test("gives up a server that has gone silent, a little after the statement time-out")
    func silence() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            var configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            configuration.statementTimeout = .milliseconds(100)
            let connection = try await PostgresConnection.connect(configuration, logger: .silent)
            proxy.freeze()
            let error = await failure { try await connection.query("select 1") }
            #expect(error?.code == .timedOut && error?.sqlState == nil)
            #expect(await !connection.isOpen)
            let later = await failure { try await connection.query("select 1") }
            #expect(later?.code == .connectionLost)
        }
    }

    @Test("tells that its session was ended, in mid-statement and while idle")
    func killed() async throws {
        try await withTestDatabase { database in
            let busy = try await database.connect(), idle = try await database.connect(), observer = try await database.connect()
            let processes = [try await busy.processID(), try await idle.processID()]
            async let sleeping = failure { try await busy.query("select pg_sleep(30)") }
            async let reason = idle.whenClosed()
            try await eventually { try await observer.isRunning("pg_sleep") }
            try await database.terminate(processes: processes)
            for error in [await sleeping, await reason, await idle.closedReason] {
                #expect(error?.code == .connectionLost && error?.sqlState == "57P01")
            }
            #expect(await !idle.isOpen)
        }
    }

    @Test("tells that the network was cut")
    func cut() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            let connection = try await PostgresConnection.connect(configuration, logger: .silent)
            let observer = try await database.connect()
            async let sleeping = failure { try await connection.query("select pg_sleep(30)") }
            try await eventually { try await observer.isRunning("pg_sleep") }
            proxy.cut()
            #expect(await sleeping?.code == .connectionLost)
        }
    }

    @Test("that is closed fails what is under way and what comes later")
    func closed() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect(), observer = try await database.connect()
            async let sleeping = failure { try await connection.query("select pg_sleep(30)") }
            try await eventually { try await observer.isRunning("pg_sleep") }
            await connection.close()
            #expect(await sleeping?.code == .connectionLost)
            #expect(await failure { try await connection.query("select 1") }?.code == .connectionLost)
            let reason = await connection.whenClosed()
            #expect(reason == nil)
            try await eventually { try await !observer.isRunning("pg_sleep") }
        }
    }

    @Test("stays open under keep-alive where an idle session would be ended")
    func keepAlive() async throws {
        try await withTestDatabase { database in
            let settings = ["idle_session_timeout": "1500ms"]
            let pinged = try await database.connect { $0.sessionSettings = settings }
            await pinged.keepAlive(every: .milliseconds(100))
            let idle = try await database.connect { $0.sessionSettings = settings }
            #expect(await idle.whenClosed()?.sqlState == "57P05")
            // Opened before the one that has just been ended, so its time would have been up as well.
            #expect(await pinged.isOpen)
            #expect(try await pinged.query("select 1")[0].decode(0) == 1)
        }
    }

    @Test("under keep-alive notices a server that has vanished")
    func keepAliveNotices() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            let connection = try await PostgresConnection.connect(configuration, logger: .silent)
            await connection.keepAlive(every: .milliseconds(50))
            proxy.freeze()
            #expect(await connection.whenClosed()?.code == .connectionLost)
        }
    }
}

@Suite("Advisory locks")
struct AdvisoryLockTests {
    @Test("are exclusive between sessions, freed by the session's end")
    func exclusive() async throws {
        try await withTestDatabase { database in
            let first = try await database.connect(), second = try await database.connect()
            #expect(try await first.tryAdvisoryLocks(2, [1, 2, 3, 3]) == [1, 2, 3])
            #expect(try await second.tryAdvisoryLocks(2, [2, 3, 4]) == [4])
            #expect(try await second.tryAdvisoryLocks(3, [1]) == [1])
            #expect(try await second.tryAdvisoryLocks(2, []) == [])
            await first.close()
            try await eventually { try await second.tryAdvisoryLocks(2, [1]) == [1] }
        }
    }

    @Test(
        "go with a session that is ended under its holder: it writes nothing more, in a transaction or out of it, and says so at once"
    )
    func lostUnderHolder() async throws {
        try await withTestDatabase { database in
            let holder = try await database.connect { $0 = $0.holdingLocks() }, rival = try await database.connect()
            await holder.keepAlive(every: .milliseconds(1500))
            try await rival.query("create table written (what text)")
            #expect(try await holder.tryAdvisoryLocks(2, [7]) == [7])
            #expect(try await rival.tryAdvisoryLocks(2, [7]) == [])
            let process = try await holder.processID()

            let start = ContinuousClock.now
            let inside = await failure {
                try await holder.transaction { holder in
                    try await holder.query("insert into written values ('before')")
                    try await database.terminate(processes: [process])
                    try await holder.query("insert into written values ('after')")
                }
            }
            #expect(inside?.isConnectionLoss == true)
            for _ in 0..<3 {
                #expect(
                    await failure { try await holder.query("insert into written values ('later')") }?.isConnectionLoss == true)
                #expect(await failure { try await holder.tryAdvisoryLocks(2, [7]) }?.isConnectionLoss == true)
                let again = await failure {
                    try await holder.transaction { try await $0.query("insert into written values ('again')") }
                }
                #expect(again?.isConnectionLoss == true)
            }
            #expect(ContinuousClock.now - start < .seconds(5))
            try await eventually { try await rival.tryAdvisoryLocks(2, [7]) == [7] }
            #expect(try await rival.query("select count(*) from written")[0].decode(0) == 0)
        }
    }

    @Test("go when their holder is frozen, though its connection is never closed")
    func frozenHolder() async throws {
        try await withTestDatabase { database in
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            let holder = try await PostgresConnection.connect(configuration.holdingLocks(), logger: .silent)
            await holder.keepAlive(every: .milliseconds(1500))
            let rival = try await database.connect()
            #expect(try await holder.tryAdvisoryLocks(2, [7]) == [7])
            proxy.freeze()
            let start = ContinuousClock.now
            try await eventually(within: .seconds(10)) { try await rival.tryAdvisoryLocks(2, [7]) == [7] }
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(await failure { try await holder.query("select 1") }?.isConnectionLoss == true)
        }
    }
}
