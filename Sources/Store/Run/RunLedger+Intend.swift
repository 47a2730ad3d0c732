package import Domain
package import FoundationEssentials
import PostgreSQL

/// The effects that a run wants to make happen for one order. A class: a list of it is read column by column, and each reading of a struct
/// would count all its references.
package final class Intent: Sendable {
    package struct Effect: Sendable {
        package var key: String
        /// As `LedgerCoding` writes it.
        package var text: String
        /// The row to send again, after the partner was looked at twice and lacks the effect.
        package var reopens: Int64?

        package init(key: String, text: String, reopens: Int64?) {
            self.key = key
            self.text = text
            self.reopens = reopens
        }
    }

    package let order: OrderKey
    package let status: OrderStatus
    package let version: Int64
    package let identity: OutgoingIdentity
    package let invoiceID: String?
    /// Whether the row has these names already: then there is nothing to fix on it.
    package let isNamed: Bool
    /// Stored with the intent: should the run die, whoever finds the effect done finds this too.
    package let learned: Learned
    package let effects: [Effect]

    package init(
        order: OrderKey, status: OrderStatus, version: Int64, identity: OutgoingIdentity, invoiceID: String?,
        isNamed: Bool = false, learned: Learned = Learned(), effects: [Effect]
    ) {
        self.order = order
        self.status = status
        self.version = version
        self.identity = identity
        self.invoiceID = invoiceID
        self.isNamed = isNamed
        self.learned = learned
        self.effects = effects
    }
}

/// A permission to send: a row of the ledger in state `intended`.
package struct IntendedRow: Sendable, Hashable {
    package var id: Int64
    package var order: OrderKey
    package var key: String
    /// The sendings of the row, this one included.
    package var attempts = 1
}

/// What became of the intents of a run.
package struct Intended: Sendable, Hashable {
    package var rows: [IntendedRow]
    /// The orders whose values the database refused, with its words.
    package var refused: [OrderKey: String] = [:]
    /// The orders whose outgoing number another order of the store holds.
    package var taken: Set<OrderKey> = []
}

extension StoredSubmission {
    /// The row as it was just written, without the effect, which its writer has at hand.
    package init(_ row: IntendedRow, stage: Stage, runID: UUID, deadline: Date) {
        self.init(
            id: row.id, stage: stage, key: row.key, state: .intended, effect: "", attempts: row.attempts, runID: runID,
            requestID: nil,
            sentAt: nil,
            deadline: deadline, absentLooks: 0, absentAt: nil)
    }
}

extension RunLedger {
    /// Writes the intents of a run in one transaction (design 7.1): locks the orders' rows in key order, leaves out every order that changed
    /// since the claim, fixes the outgoing identity, and inserts the rows.
    ///
    /// - Returns: the rows written; an order that changed, or whose outgoing number another order holds, has none.
    package func intend(_ intents: [Intent], deadline: Date, now: Date) async throws -> Intended {
        var intended = Intended(rows: [])
        guard !intents.isEmpty else { return intended }
        intended.rows = try await rowByRow(intents) { intents in
            let (rows, taken) = try await write(intents, deadline: deadline, now: now)
            intended.taken.formUnion(taken)
            return rows
        } alone: { intent, error in
            // A number that somebody took in this very moment: the order is left alone and decided anew.
            if !error.isUniqueViolation { intended.refused[intent.order] = "\(error)" }
            return []
        }
        return intended
    }

    private func write(
        _ intents: [Intent], deadline: Date, now: Date
    ) async throws -> (rows: [IntendedRow], taken: Set<OrderKey>) {
        try await session.transaction { session in
            let (unchanged, taken) = try await self.lockUnchanged(intents, session)
            // Two orders of one run under one number: the first by key goes, the other is left alone.
            var names: Set<[String]> = []
            let ready = intents.filter { unchanged.contains($0.order) }.inKeyOrder(\.order)
                .filter { names.insert([$0.identity.storeID, $0.identity.number]).inserted }
            guard !ready.isEmpty else { return ([], taken) }

            let effects = ready.flatMap { intent in intent.effects.map { (order: intent.order, effect: $0) } }
            let first = effects.filter { $0.effect.reopens == nil }
            let again = effects.filter { $0.effect.reopens != nil }
            var queries: [PostgresQuery] = []
            if !first.isEmpty { queries.append(insertion(of: first, deadline: deadline, now: now)) }
            if !again.isEmpty { queries.append(reopening(of: again, deadline: deadline)) }
            let written = queries.count
            let unnamed = ready.filter { !$0.isNamed || $0.learned != Learned() }
            if !unnamed.isEmpty { queries.append(naming(of: unnamed)) }
            let rows = try await session.batch(queries).prefix(written).flatMap { rows in
                try rows.map { row in
                    IntendedRow(
                        id: try row.decode("id"), order: OrderKey(rawValue: try row.decode("order_key")),
                        key: try row.decode("key"), attempts: try row.decode("attempts"))
                }
            }
            return (rows, taken)
        }
    }

    /// Fixes the names of orders on their rows, and what was learned. Leaves every indexed column alone that it can: a row of which none
    /// changes is not written into the indexes again.
    private func naming(of intents: [Intent]) -> PostgresQuery {
        """
        update dsco_order_sync o
        set outgoing_number = coalesce(o.outgoing_number, x.number), outgoing_id_type = coalesce(o.outgoing_id_type, x.type),
            store_id = coalesce(o.store_id, x.store), invoice_id = coalesce(o.invoice_id, x.invoice), \(Learned.assignments)
        from unnest(
          \(intents.map(\.order.rawValue)), \(intents.map(\.identity.number)), \(intents.map(\.identity.idType.rawValue)),
          \(intents.map(\.identity.storeID)), \(intents.map(\.invoiceID)), \(intents.map(\.learned.numbersColumn)),
          \(intents.map(\.learned.trackingColumn)), \(intents.map(\.learned.fulfilmentColumn))
        ) as x (order_key, number, type, store, invoice, numbers, tracking, fulfilment)
        where o.order_key = x.order_key
        """
    }

    private func insertion(
        of effects: [(order: OrderKey, effect: Intent.Effect)], deadline: Date, now: Date
    ) -> PostgresQuery {
        """
        insert into submission (stage, order_key, key, state, effect, run_id, created_at, deadline_at)
        select \(stage.rawValue), x.order_key, x.key, 'intended', x.effect::json, \(runID), \(now), \(deadline)
        from unnest(\(effects.map(\.order.rawValue)), \(effects.map(\.effect.key)), \(effects.map(\.effect.text)))
          as x (order_key, key, effect)
        returning id, order_key, key, attempts
        """
    }

    private func reopening(of effects: [(order: OrderKey, effect: Intent.Effect)], deadline: Date) -> PostgresQuery {
        """
        update submission s
        set state = 'intended', effect = x.effect::json, attempts = s.attempts + 1, run_id = \(runID), request_id = null,
            answer_code = null, answer_words = null, sent_at = null, deadline_at = \(deadline), absent_looks = 0, absent_at = null
        from unnest(\(effects.map(\.effect.reopens)), \(effects.map(\.effect.text))) as x (id, effect)
        where s.id = x.id and s.state in ('intended', 'unknown')
        returning s.id, s.order_key, s.key, s.attempts
        """
    }

    /// The orders whose row still stands as it was claimed, with no open row of the stage but those to be reopened: those whose outgoing
    /// number no other order of the store holds, and those of which one does.
    private func lockUnchanged(
        _ intents: [Intent], _ session: PostgresConnection
    ) async throws -> (free: Set<OrderKey>, taken: Set<OrderKey>) {
        let keys = intents.map(\.order)
        // What has its names already holds them alone.
        let unnamed = intents.filter { !$0.isNamed }
        let (rows, others) = try await session.lockRows(
            of: keys, "o.order_key, o.status, o.version",
            then: [
                OpenRows.query(of: keys, at: stage),
                """
                select x.order_key
                from unnest(\(unnamed.map(\.order.rawValue)), \(unnamed.map(\.identity.number)), \(unnamed.map(\.identity.storeID)))
                  as x (order_key, number, store)
                where exists (select 1 from dsco_order_sync y where y.store_id = x.store and y.outgoing_number = x.number
                              and y.order_key <> x.order_key)
                """,
            ])
        let open = try OpenRows.byOrder(others[0])
        let taken = Set(try others[1].map { OrderKey(rawValue: try $0.decode("order_key")) })
        let byKey = Dictionary(intents.map { ($0.order, $0) }) { first, _ in first }
        var unchanged: Set<OrderKey> = []
        for row in rows {
            let key = OrderKey(rawValue: try row.decode("order_key"))
            guard let intent = byKey[key] else { continue }
            let isSame =
                try row.decode("status", as: Int.self) == intent.status.rawValue
                && row.decode("version", as: Int64.self) == intent.version
            let isReopened = (open[key] ?? []).isSubset(of: intent.effects.compactMap(\.reopens))
            if isSame, isReopened { unchanged.insert(key) }
        }
        return (unchanged.subtracting(taken), unchanged.intersection(taken))
    }
}
