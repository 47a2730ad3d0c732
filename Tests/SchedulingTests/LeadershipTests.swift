import PostgreSQL
import TestSupport
import Testing

@testable import Scheduling

@Suite("Who leads is whoever holds the lock's session")
struct LeadershipTests {
    @Test("It is confirmed while the session lasts; one that was ended from outside leads no more")
    func confirm() async throws {
        try await withTestDatabase { database in
            let session = try await database.connect()
            try await Leadership(session: session).confirm()
            let process: Int32 = try await session.query("select pg_backend_pid()")[0].decode(0)
            try await database.terminate(processes: [process])
            await #expect(throws: PostgresError.self) { try await Leadership(session: session).confirm() }
            await session.close()
        }
    }
}
