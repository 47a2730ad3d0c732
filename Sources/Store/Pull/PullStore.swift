import Algorithms
package import Domain
package import FoundationEssentials
import Pipeline
package import PostgreSQL

/// One page of a sweep: what could be read, what could not, and where the sweep stands once all of it is stored.
package struct PulledPage: Sendable {
    package var orders: [PulledOrder]
    package var quarantined: [QuarantinedPayload]
    package var cursors: [SweepCursor]

    package init(orders: [PulledOrder], quarantined: [QuarantinedPayload] = [], cursors: [SweepCursor] = []) {
        self.orders = orders
        self.quarantined = quarantined
        self.cursors = cursors
    }
}

/// The writes of a pull run. All of them go through the session that holds the stage's lock (design 4).
package struct PullStore: Sendable {
    let session: PostgresConnection
    let runID: UUID
    /// How long a new order that waits is left alone.
    let recheck: TimeInterval
    let decode: @Sendable ([UInt8]) throws -> Order

    /// - Parameters:
    ///   - recheck: how long a new order that waits is left alone.
    ///   - decode: reads a stored payload, to see what changed.
    package init(
        session: PostgresConnection, runID: UUID, recheck: TimeInterval, decode: @escaping @Sendable ([UInt8]) throws -> Order
    ) {
        self.session = session
        self.runID = runID
        self.recheck = recheck
        self.decode = decode
    }

    /// Stores a page, its cursors with the last of it: nothing that DSCO returned is behind a cursor without being stored or quarantined
    /// (design 9.2).
    package func store(_ page: PulledPage, now: Date) async throws -> PullCounts {
        let parts = Self.newest(page.orders).chunks(ofCount: Self.ordersPerTransaction).map(Array.init)
        var counts = PullCounts()
        for part in parts.dropLast() { counts = counts + (try await write(PulledPage(orders: part), now: now)) }
        return counts
            + (try await write(
                PulledPage(orders: parts.last ?? [], quarantined: page.quarantined, cursors: page.cursors), now: now))
    }

    /// `PullDecision` decides under the row locks, so few orders at a time: nobody waits long for them, and a process that is starved
    /// decides before the database takes it for dead.
    private static let ordersPerTransaction = 200

    /// Stores orders, and what belongs to them, in one transaction.
    ///
    /// When the database refuses a value, they are halved down to the order that has it; that one is quarantined, the others go on.
    private func write(_ page: PulledPage, now: Date) async throws -> PullCounts {
        let orders = page.orders
        do {
            return try await session.transaction { session in
                let batch = try await PullBatch.read(orders, self, on: session)
                return try await batch.write(page, now: now)
            }
        } catch let error as PostgresError where error.refusesData && !orders.isEmpty {
            guard orders.count > 1 else { return try await setAside(orders[0], page, error, now: now) }
            let half = orders.count / 2
            let first = try await write(PulledPage(orders: Array(orders[..<half])), now: now)
            let second = try await write(
                PulledPage(orders: Array(orders[half...]), quarantined: page.quarantined, cursors: page.cursors), now: now)
            return first + second
        }
    }

    private func setAside(_ order: PulledOrder, _ page: PulledPage, _ error: PostgresError, now: Date) async throws -> PullCounts
    {
        let bad = QuarantinedPayload(
            source: Self.source, order: order.key, payload: order.payload, reason: "the database refused it: \(error)")
        return try await write(PulledPage(orders: [], quarantined: page.quarantined + [bad], cursors: page.cursors), now: now)
    }

    /// Each order once, in order of the keys: a page may list one twice, and only its newest state counts.
    private static func newest(_ orders: [PulledOrder]) -> [PulledOrder] {
        var places: [OrderKey: Int] = [:]
        for (place, order) in orders.enumerated() {
            if let other = places[order.key], let newer = orders[other].order.updated, let older = order.order.updated,
                newer > older
            {
                continue
            }
            places[order.key] = place
        }
        return places.sorted { $0.key < $1.key }.map { orders[$0.value] }
    }

    /// Under which name unreadable orders of DSCO's pages are kept.
    package static let source = "dsco order"
}

extension PostgresError {
    /// The statement's values are at fault, not the server or the connection: bad data, a broken constraint, a text that cannot be sent.
    fileprivate var refusesData: Bool {
        if code == .invalidQuery { return true }
        guard let sqlState else { return false }
        return sqlState.hasPrefix("22") || sqlState.hasPrefix("23") && !isUniqueViolation || sqlState.hasPrefix("54")
    }
}
