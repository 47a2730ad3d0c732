import PostgreSQL
import TestSupport
import Testing

@Suite("Sessions of one's own", .timeLimit(.minutes(1)))
struct OwnSessionTests {
    struct Pooler: Sendable, CustomTestStringConvertible {
        let choice: TransactionPooler.Choice
        let options: TransactionPooler.Options
        let sessions: Int
        let words: String

        var testDescription: String { "\(choice), options \(options), \(sessions) sessions open" }
    }

    private static let poolers = [
        // As it is installed.
        Pooler(choice: .usedLast, options: .refused, sessions: 0, words: "refuses the session's settings"),
        // With ignore_startup_parameters = options.
        Pooler(choice: .usedLast, options: .dropped, sessions: 0, words: "drops the session's settings"),
        // One that lets nothing be seen but what it does with transactions: new, busy, and in turn (server_round_robin).
        Pooler(choice: .usedLast, options: .passedOn, sessions: 0, words: "share server sessions"),
        Pooler(choice: .usedLast, options: .passedOn, sessions: 4, words: "drops the session's settings"),
        Pooler(choice: .usedLongestAgo, options: .passedOn, sessions: 0, words: "share server sessions"),
        // In session mode, but the settings are gone with a session's first `discard all` (track_extra_parameters).
        Pooler(choice: .own, options: .set, sessions: 0, words: "drops the session's settings"),
    ]

    @Test("Contact with the server ends with its silence, and at once with the session")
    func contact() async throws {
        try await withTestDatabase { database in
            let session = try await database.connect()
            _ = try await session.query("select 1")
            let now = ContinuousClock.now
            #expect(session.hasContact(within: .seconds(60), at: now))
            #expect(!session.hasContact(within: .seconds(60), at: now + .seconds(60)))
            await session.close()
            #expect(!session.hasContact(within: .seconds(60), at: now))
        }
    }

    @Test(
        "are missing behind a pooler that shares sessions or loses their settings: it is refused, with the reason",
        arguments: poolers)
    func pooled(_ pooler: Pooler) async throws {
        try await withTestDatabase { database in
            let fake = try TransactionPooler(
                to: database.port, choice: pooler.choice, options: pooler.options, sessions: pooler.sessions,
                start: "conveyor@\(database.name)")
            defer { fake.close() }
            let configuration = try PostgresConfiguration(
                url: "postgres://conveyor:hunter2@127.0.0.1:\(fake.port)/\(database.name)")
            let error = await failure { try await PostgresConnection.requireOwnSessions(configuration, logger: .silent) }
            #expect(error?.code == .pooled)
            for words in [pooler.words, "transaction mode", "Connect to PostgreSQL itself"] {
                #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            }
            #expect(error?.debugDescription.contains("hunter2") == false)
        }
    }

    @Test(
        "wander from server session to server session where a pooler takes turns, and that is seen, however many it has",
        arguments: 2...5)
    func wandering(_ sessions: Int) async throws {
        try await withTestDatabase { database in
            let fake = try TransactionPooler(
                to: database.port, choice: .usedLongestAgo, options: .passedOn, start: "conveyor@\(database.name)")
            defer { fake.close() }
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(fake.port)/\(database.name)")
            // Others made it open so many sessions that carry our settings.
            let others = try await withThrowingTaskGroup(of: PostgresConnection.self) { group in
                for _ in 0..<sessions {
                    group.addTask { try await PostgresConnection.connect(configuration.holdingLocks(), logger: .silent) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for other in others { group.addTask { try await other.query("select pg_sleep(0.3)") } }
                try await group.waitForAll()
            }
            let error = await failure { try await PostgresConnection.requireOwnSessions(configuration, logger: .silent) }
            #expect(error?.description.contains("share server sessions") == true, "\(String(describing: error))")
        }
    }

    @Test("are there on a direct connection, and behind a proxy that only relays")
    func direct() async throws {
        try await withTestDatabase { database in
            try await PostgresConnection.requireOwnSessions(database.configuration, logger: .silent)
            let proxy = try TestProxy(to: database.port)
            defer { proxy.cut() }
            let configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(proxy.port)/\(database.name)")
            try await PostgresConnection.requireOwnSessions(configuration, logger: .silent)
        }
    }
}
