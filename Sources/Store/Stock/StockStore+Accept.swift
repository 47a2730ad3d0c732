package import FoundationEssentials
import PostgreSQL

extension StockStore {
    /// DSCO took these figures for processing, under these request ids.
    package func accept(_ receipts: [(id: Int64, requestID: String)], now: Date) async throws {
        guard !receipts.isEmpty else { return }
        try await session.query(
            """
            update submission s set state = 'accepted', request_id = x.request_id, sent_at = \(now)
            from unnest(\(receipts.map(\.id)), \(receipts.map(\.requestID))) as x (id, request_id)
            where s.id = x.id and s.state = 'intended'
            """)
    }
}
