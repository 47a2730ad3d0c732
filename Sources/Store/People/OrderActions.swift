package import Domain
package import FoundationEssentials
package import PostgreSQL

/// What people do to orders. Every change takes the row's lock, and every one is in the timeline with who and why.
package struct OrderActions: Sendable {
    /// What became of a person's wish.
    package enum Result: Sendable, Hashable {
        case done
        /// An effect is under way: a mark was left, which the run that settles it applies (design 7.1).
        case marked
        /// There was nothing to do: the order is held like this already, or is not held at all.
        case unchanged
    }

    let pool: PostgresPool

    package init(_ pool: PostgresPool) { self.pool = pool }

    /// Stops the order until somebody releases it.
    ///
    /// - Throws: `StoreError.notFound`.
    package func hold(_ order: OrderKey, reason: String, by: String, now: Date) async throws -> Result {
        try await change(order, now: now) { row in
            guard let line = row.hold(Hold(.byOperator), by: by, now: now) else { return (.unchanged, []) }
            return (row.hasOpenRows ? .marked : .done, [NewEvent(order, line.kind, "\(line.text): \(reason)", by: by)])
        }
    }

    /// Lets a held order go on: its reason and facts are accepted and not raised again until they change. Of a doubt nothing is accepted;
    /// the partner is looked at again.
    ///
    /// - Throws: `StoreError.notFound`.
    package func release(_ order: OrderKey, reason: String, by: String, now: Date) async throws -> Result {
        try await change(order, now: now) { row in
            let held = row.state.hold ?? row.state.marks.first { $0.hold.reason == .byOperator }?.hold
            guard row.release(now: now), let held else { return (.unchanged, []) }
            return (.done, [NewEvent(order, .released, "\(held.reason.rawValue): \(reason)", by: by)] + row.surfaced)
        }
    }

    func change(
        _ order: OrderKey, now: Date, _ body: (inout LockedOrder) throws -> (Result, [NewEvent])
    ) async throws -> Result {
        try await pool.withTransaction { session in
            var row = try await LockedOrder.lock(order, on: session)
            let (result, events) = try body(&row)
            guard result != .unchanged else { return result }
            try await session.batch([try LockedOrder.update([row], now: now), EventLog.insert(events, now: now)])
            return result
        }
    }
}

extension LockedOrder {
    /// After a release: the hold that came up from beneath the released one.
    var surfaced: [NewEvent] {
        state.hold.map { [NewEvent(key, .held, "\($0.reason.rawValue), which stood beneath")] } ?? []
    }
}

extension StoreError {
    static let noOrder = StoreError(.notFound, "there is no such order")
}
