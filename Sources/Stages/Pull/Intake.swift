import DSCO
import Domain
import FoundationEssentials
import Logging
import PartnerAccess
import Pipeline
import StageRunner
import Store

/// Reads DSCO's orders page by page and stores every page with its cursor before the next one is read (invariant 2).
actor Intake {
    /// DSCO takes no window that ends later than 5 s ago (DSCO contract 3.1); twice that allows for clocks that differ.
    static let lag: TimeInterval = 10
    static let longestWindow: TimeInterval = 7 * 86_400
    /// A scrollId lives five minutes from its last use; one that is nearly gone is not worth trying.
    static let scrollLife: TimeInterval = 270

    private let dsco: DSCOClient
    private let context: RunContext
    private let store: PullStore
    private(set) var counts = PullCounts()

    init(_ dsco: DSCOClient, _ context: RunContext) {
        self.dsco = dsco
        self.context = context
        store = PullStore(
            session: context.session, runID: context.runID, recheck: TimeInterval(context.configuration.recheckSeconds),
            decide: { pulled, known in PullDecision.decide(order: pulled.order, known: known) })
    }

    /// Moves a sweep's stored cursor up to now, in windows of at most seven days.
    ///
    /// - Returns: whether it got there.
    func advance(_ sweep: RuntimeConfiguration.Pull.Sweep) async throws -> Bool {
        let pull = context.configuration.pull
        let name = sweep.cursorName
        let goal = context.now().addingTimeInterval(-Self.lag)
        let stored = try await SweepCursors.read(name, on: context.session)
        var done = stored?.doneUntil ?? pull.start
        var window = stored?.window
        // The overlap is applied once, where a sweep starts from its stored cursor.
        var since = stored == nil ? pull.start : done.addingTimeInterval(-TimeInterval(pull.overlapSeconds))
        while done < goal {
            guard !context.isOver else { return false }
            let end = window?.end ?? min(goal, max(since, done).addingTimeInterval(Self.longestWindow))
            guard end > done else { return true }
            let scroll = window.flatMap { context.now() < $0.pageAt.addingTimeInterval(Self.scrollLife) ? $0.scrollID : nil }
            switch try await read(sweep, since: since, until: end, from: scroll, cursor: SweepCursor(name: name, doneUntil: done)) {
            case .complete:
                done = end
                since = end
                window = nil
            case .interrupted:
                return false
            case .scrollExpired:
                // Too much for one scroll's life: half the window is read again from its start, the next one begins at the half's end.
                let half = since.addingTimeInterval(end.timeIntervalSince(since) / 2)
                window = half > done ? SweepCursor.Window(end: half, scrollID: nil, pageAt: context.now()) : nil
            }
        }
        return true
    }

    /// Reads exactly the window that a message names; cursors stay.
    func read(_ sweep: RuntimeConfiguration.Pull.Sweep, _ window: Tick.Window) async throws -> Bool {
        let until = min(window.until, context.now().addingTimeInterval(-Self.lag))
        guard window.since < until else { return true }
        switch try await read(sweep, since: window.since, until: until, from: nil, cursor: nil) {
        case .complete: return true
        case .interrupted, .scrollExpired: return false
        }
    }

    /// Fetches named orders, by purchase order number, else by DSCO id.
    ///
    /// - Returns: the orders that there was no time for.
    func fetch(_ names: [String]) async throws -> [String] {
        var waiting = names[...]
        while !waiting.isEmpty, !context.isOver {
            let batch = Array(waiting.prefix(20))
            let dsco = dsco
            let found = try await concurrentMap(batch, limit: 4) { name in
                let byNumber = try await dsco.orders(by: .poNumber(name))
                return byNumber.isEmpty ? try await dsco.orders(by: .dscoOrderID(name)) : byNumber
            }
            for (name, orders) in zip(batch, found) where orders.isEmpty {
                context.logger.warning("DSCO shows no such order", metadata: ["order": "\(name)"])
            }
            try await put(found.flatMap { $0 }, cursor: nil)
            waiting = waiting.dropFirst(batch.count)
        }
        return Array(waiting)
    }

    private enum End {
        case complete, interrupted, scrollExpired
    }

    private func read(
        _ sweep: RuntimeConfiguration.Pull.Sweep, since: Date, until: Date, from scroll: String?, cursor: SweepCursor?
    ) async throws -> End {
        let window = OrderWindow(
            sweep == .created ? .created : .updated, since: since, until: until,
            pageSize: context.configuration.job(.pull).size, includesTestOrders: context.configuration.pull.includesTestOrders)
        var scroll = scroll
        while true {
            let page: OrderPage
            if let scroll {
                switch try await dsco.orders(scrollID: scroll) {
                case .page(let next): page = next
                case .scrollExpired: return .scrollExpired
                }
            } else {
                page = try await dsco.orders(in: window)
            }
            var moved = cursor
            if page.isLast {
                moved?.doneUntil = until
                moved?.window = nil
            } else {
                moved?.window = SweepCursor.Window(end: until, scrollID: page.scrollID, pageAt: context.now())
            }
            try await put(page.orders, cursor: moved)
            if page.isLast { return .complete }
            if context.isOver { return .interrupted }
            scroll = page.scrollID
        }
    }

    private func put(_ received: [ReceivedOrder], cursor: SweepCursor?) async throws {
        var page = PulledPage(orders: [], cursors: cursor.map { [$0] } ?? [])
        for item in received {
            switch item.order {
            case .success(let order):
                page.orders.append(PulledOrder(order: order, payload: item.raw))
            case .failure(let error):
                context.logger.warning("order cannot be read; set aside", metadata: ["reason": "\(error)"])
                page.quarantined.append(
                    QuarantinedPayload(source: PullStore.source, order: nil, payload: item.raw, reason: error.description))
            }
        }
        counts = counts + (try await store.store(page, now: context.now()))
    }
}

extension RuntimeConfiguration.Pull.Sweep {
    fileprivate var cursorName: String {
        switch self {
        case .created: SweepCursor.dscoCreated
        case .updated: SweepCursor.dscoUpdated
        }
    }
}
