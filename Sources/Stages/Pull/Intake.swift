import DSCO
import Domain
import FoundationEssentials
import Logging
import Pipeline
import StageRunner
import Store

/// Reads DSCO's orders page by page and stores every page with its cursor before the next one is read (invariant 2).
actor Intake {
    /// DSCO takes no window that ends later than 5 s ago (DSCO contract 3.1); twice that allows for clocks that differ.
    static let lag: TimeInterval = 10
    static let longestWindow: TimeInterval = 7 * 86_400

    let dsco: DSCOClient
    let context: RunContext
    private let store: PullStore
    private(set) var counts = PullCounts()

    init(_ dsco: DSCOClient, _ context: RunContext) {
        self.dsco = dsco
        self.context = context
        store = PullStore(
            session: context.session, runID: context.runID, recheck: TimeInterval(context.configuration.recheckSeconds),
            decode: { payload in try DSCOOrderDecoder.decode(payload) })
    }

    /// Moves a sweep's stored cursor up to now, in windows of at most seven days.
    ///
    /// DSCO moves on with every page it gives, so a scroll is never taken up again after a failure: the page that was lost would be skipped
    /// (invariant 2). The window is read again from its start, half as long.
    ///
    /// - Returns: whether it got there.
    func advance(_ sweep: RuntimeConfiguration.Pull.Sweep) async throws -> Bool {
        let pull = context.configuration.pull
        let name = sweep.cursorName
        let goal = context.now().addingTimeInterval(-Self.lag)
        let stored = try await SweepCursors.read(name, on: context.session)
        var done = stored?.doneUntil ?? pull.start
        var half = stored?.window?.end
        // The overlap is applied once, where a sweep starts from its stored cursor.
        var since = stored == nil ? pull.start : done.addingTimeInterval(-TimeInterval(pull.overlapSeconds))
        while done < goal {
            guard !context.isOver else { return false }
            let longest = min(goal, max(since, done).addingTimeInterval(Self.longestWindow))
            let end = half.map { $0 > done ? min($0, longest) : longest } ?? longest
            let cursor = SweepCursor(name: name, doneUntil: done)
            guard try await read(sweep, since: since, until: end, cursor: cursor, isOver: { context.isOver }) else {
                return false
            }
            done = end
            since = end.addingTimeInterval(-Tick.Window.seam)
            half = nil
        }
        return true
    }

    /// - Parameters:
    ///   - cursor: moved with every page; `nil` leaves the stored ones alone.
    ///   - isOver: asked between pages.
    /// - Returns: whether the window was read to its end.
    func read(
        _ sweep: RuntimeConfiguration.Pull.Sweep, since: Date, until: Date, cursor: SweepCursor?, isOver: () -> Bool
    ) async throws -> Bool {
        let window = OrderWindow(
            sweep == .created ? .created : .updated, since: since, until: until,
            pageSize: context.configuration.job(.pull).size, includesTestOrders: context.configuration.pull.includesTestOrders)
        var page = try await dsco.orders(in: window)
        while true {
            var moved = cursor
            if page.isLast {
                moved?.doneUntil = until
                moved?.window = nil
            } else {
                let half = since.addingTimeInterval(until.timeIntervalSince(since) / 2)
                moved?.window = SweepCursor.Window(end: half, scrollID: page.scrollID, pageAt: context.now())
            }
            try await put(page.orders, cursor: moved)
            guard !page.isLast, let scroll = page.scrollID else { return true }
            guard !isOver(), case .page(let next) = try await dsco.orders(scrollID: scroll) else { return false }
            page = next
        }
    }

    func put(_ received: [ReceivedOrder], cursor: SweepCursor?) async throws {
        // The sweeps' overlap lists most orders again: what is the same byte for byte is not even decoded.
        let digests = received.map { PulledOrder.digest(of: $0.raw) }
        let known = try await store.known(zip(received, digests).map { ($0.key, $1) })
        var page = PulledPage(orders: [], unchanged: known.compactMap(\.self), cursors: cursor.map { [$0] } ?? [])
        for (place, item) in received.enumerated() where known[place] == nil {
            switch item.decoded() {
            case .success(let order):
                page.orders.append(PulledOrder(order: order, payload: item.raw, digest: digests[place]))
            case .failure(let error):
                context.logger.warning("order cannot be read; set aside", metadata: ["reason": "\(error)"])
                let name = GuessedName(item.raw)
                page.quarantined.append(
                    QuarantinedPayload(
                        source: PullStore.source, order: name.key, poNumber: name.poNumber, payload: item.raw,
                        reason: error.description))
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
