import Algorithms
package import Domain
package import FoundationEssentials
import Pipeline
package import PostgreSQL

/// One page of a sweep: what could be read, what could not, and where the sweep stands once all of it is stored.
package struct PulledPage: Sendable {
    package var orders: [PulledOrder]
    /// Orders that are stored exactly as they came again.
    package var unchanged: [StoredName]
    package var quarantined: [QuarantinedPayload]
    package var cursors: [SweepCursor]

    package init(
        orders: [PulledOrder], unchanged: [StoredName] = [], quarantined: [QuarantinedPayload] = [], cursors: [SweepCursor] = []
    ) {
        self.orders = orders
        self.unchanged = unchanged
        self.quarantined = quarantined
        self.cursors = cursors
    }
}

/// The names of an order that is stored.
package struct StoredName: Sendable, Hashable {
    var key: OrderKey
    var poNumber: String
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
                PulledPage(
                    orders: parts.last ?? [], unchanged: page.unchanged, quarantined: page.quarantined, cursors: page.cursors),
                now: now))
    }

    /// Which of these are stored exactly as they came: there is nothing to decide about them. No lock is needed, for nobody but pull, which
    /// runs once at a time, changes a payload.
    ///
    /// - Returns: for each of them its names, `nil` where it is new, or another, or comes more than once: the newest counts then.
    package func known(_ received: [(key: OrderKey?, digest: String)]) async throws -> [StoredName?] {
        let times = received.reduce(into: [OrderKey: Int]()) { times, order in order.key.map { times[$0, default: 0] += 1 } }
        let keys = times.filter { $0.value == 1 }.map(\.key.rawValue.withoutNUL).sorted()
        guard !keys.isEmpty else { return received.map { _ in nil } }
        let rows = try await session.query(
            """
            select order_key, po_number, coalesce(payload_digest, md5(payload::text)) as digest
            from dsco_order_sync where order_key = any(\(keys))
            """)
        var stored: [OrderKey: (name: StoredName, digest: String)] = [:]
        for row in rows {
            let name = StoredName(key: OrderKey(rawValue: try row.decode("order_key")), poNumber: try row.decode("po_number"))
            stored[name.key] = (name, try row.decode("digest"))
        }
        return received.map { key, digest in
            guard let found = key.flatMap({ stored[$0] }), digest == found.digest else { return nil }
            return found.name
        }
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
            var rest = page
            rest.orders = Array(orders[half...])
            let second = try await write(rest, now: now)
            return first + second
        }
    }

    private func setAside(_ order: PulledOrder, _ page: PulledPage, _ error: PostgresError, now: Date) async throws -> PullCounts
    {
        let bad = QuarantinedPayload(
            source: Self.source, order: order.key, payload: order.payload, reason: "the database refused it: \(error)")
        var rest = page
        (rest.orders, rest.quarantined) = ([], page.quarantined + [bad])
        return try await write(rest, now: now)
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
