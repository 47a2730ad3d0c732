import Chaos
import Domain
import Foundation
import PostgreSQL
import Rehearsal
import TestSupport
import Testing

@Suite("The judge finds what a log or a reason discloses, and does not repeat it (invariant 8)")
struct DisclosuresTests {
    @Test("in the logs by file and line, in the database by column")
    func find() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "conveyor-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withTestDatabase(migrated: true) { database in
            let pool = PostgresPool(configuration: database.configuration, size: 1, logger: .silent)
            let disclosures = Disclosures(of: ["Jane", "s3cret"], logs: folder.path(), pool)
            try Data("started\nconnected\n".utf8).write(to: folder.appending(path: "push-worker-1.log"))
            let before = try await disclosures.find()
            #expect(before.isEmpty)

            try Data("started\nJane lives here\n".utf8).write(to: folder.appending(path: "push-worker-2.log"))
            try await pool.query(
                "insert into order_event (order_key, at, kind, text) values ('1', now(), 'failed', 'POST /x?token=s3cret failed')"
            )
            let found = try await disclosures.find()
            #expect(found.map(\.text) == ["push-worker-2.log, line 2", "order_event.text, 1 rows"])
            #expect(found.allSatisfy { $0.check == .disclosures })
        }
    }
}
