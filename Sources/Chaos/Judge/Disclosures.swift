import FoundationEssentials
package import PostgreSQL

/// Where a log or a stored reason tells what only the payload may tell (design 9.8): by place, without what it tells.
package struct Disclosures: Sendable {
    private let secrets: [String]
    private let logs: String
    private let pool: PostgresPool

    /// - Parameters:
    ///   - secrets: what occurs in what is to be kept, and nowhere else.
    ///   - logs: the folder of the processes' logs.
    package init(of secrets: [String], logs: String, _ pool: PostgresPool) {
        self.secrets = secrets
        self.logs = logs
        self.pool = pool
    }

    package func find() async throws -> [Finding] {
        try (inLogs() + (await inDatabase())).map { Finding(.disclosures, $0) }
    }

    private func inLogs() throws -> [String] {
        var places: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: logs).sorted() {
            let lines = String(decoding: try Data(contentsOf: URL(filePath: "\(logs)/\(file)")), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() where secrets.contains(where: line.contains) {
                places.append("\(file), line \(number + 1)")
            }
        }
        return places
    }

    private func inDatabase() async throws -> [String] {
        let patterns = secrets.map { "%\($0)%" }
        let rows = try await pool.query(
            """
            select place, count(*)::int as lines from (
              select 'order_event.text' as place, text from order_event
              union all select 'stage_run.error_text', error_text from stage_run
              union all select 'submission.answer_words', answer_words from submission
              union all select 'dsco_order_sync.hold_facts', hold_facts from dsco_order_sync
              union all select 'dsco_order_sync.last_error_text', last_error_text from dsco_order_sync
              union all select 'quarantined_payload.reason', reason from quarantined_payload
              union all select 'dsco_warehouse_sync.words', words from dsco_warehouse_sync
              union all select 'stock_level.last_error', last_error from stock_level
            ) as told where text like any(\(patterns)) group by place order by place
            """)
        return try rows.map { "\(try $0.decode("place", as: String.self)), \(try $0.decode("lines", as: Int.self)) rows" }
    }
}
