import Crypto
package import Domain
package import FoundationEssentials
package import PostgreSQL

/// Something that a partner sent and that could not be understood, as received.
package struct QuarantinedPayload: Sendable {
    /// Who sent it in answer to what, such as `dsco order`.
    package var source: String
    /// The order it seems to belong to, when that much could be read.
    package var order: OrderKey?
    /// Its purchase order number, where no more than that could be read.
    package var poNumber: String?
    package var payload: [UInt8]
    /// Why it could not be understood; no personal data.
    package var reason: String

    package init(source: String, order: OrderKey?, poNumber: String? = nil, payload: [UInt8], reason: String) {
        self.source = source
        self.order = order
        self.poNumber = poNumber
        self.payload = payload
        self.reason = reason
    }

    var digest: String {
        SHA256.hash(data: payload).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

/// What could not be understood is kept until somebody looks or the order comes readable (design 9.2).
package enum QuarantineStore {
    /// The same payload again only counts; the order's being stored later resolves it.
    package static func put(_ payloads: [QuarantinedPayload], now: Date, on session: PostgresConnection) async throws {
        let statements = putting(payloads, now: now)
        guard !statements.isEmpty else { return }
        try await session.batch(statements)
    }

    /// One statement a hundred payloads, in order of the digests.
    static func putting(_ payloads: [QuarantinedPayload], now: Date) -> [PostgresQuery] {
        var distinct: [String: QuarantinedPayload] = [:]
        for payload in payloads { distinct["\(payload.digest) \(payload.source)"] = payload }
        let sorted = distinct.sorted { $0.key < $1.key }.map(\.value)
        return stride(from: 0, to: sorted.count, by: 100).map { start in
            insert(sorted[start..<min(start + 100, sorted.count)], now: now)
        }
    }

    /// Readable again: nothing of these orders is left to look at.
    static func resolving(_ orders: [StoredName], now: Date) -> [PostgresQuery] {
        [
            """
            update quarantined_payload set resolved_at = \(now)
            where resolved_at is null and order_key = any(\(orders.map(\.key.rawValue).sorted()))
            """,
            """
            update quarantined_payload set resolved_at = \(now)
            where resolved_at is null and order_key is null and po_number = any(\(orders.map(\.poNumber).sorted()))
            """,
        ]
    }

    /// The condition under which a newer payload of the order `o` lies in quarantine.
    static let concernsOrder = """
        q.resolved_at is null and (q.order_key = o.order_key or q.order_key is null and q.po_number = o.po_number)
        """

    private static func insert(_ payloads: ArraySlice<QuarantinedPayload>, now: Date) -> PostgresQuery {
        """
        insert into quarantined_payload (source, order_key, po_number, payload, digest, reason, first_seen, last_seen)
        select x.source, x.order_key, x.po_number, decode(x.payload, 'base64'), x.digest, x.reason, \(now), \(now)
        from unnest(\(payloads.map(\.source)), \(payloads.map { $0.order?.rawValue.withoutNUL }), \(payloads.map { $0.poNumber?.withoutNUL }),
                    \(payloads.map { Data($0.payload).base64EncodedString() }), \(payloads.map(\.digest)),
                    \(payloads.map(\.reason.withoutNUL))) as x (source, order_key, po_number, payload, digest, reason)
        on conflict (source, digest) do update
        set times = quarantined_payload.times + 1, last_seen = excluded.last_seen, reason = excluded.reason, resolved_at = null
        """
    }
}
