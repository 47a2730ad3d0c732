/// What a run leaves behind, as far as the tick that asked for it is concerned.
package struct RunResult: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case done
        /// A partner or a server failed the run, or a circuit is open.
        case failed
        /// Somebody else holds every partition.
        case lockedOut
    }

    package var end: End
    /// Whether every partition asked for was got.
    package var gotAll: Bool
    /// A full batch was taken and more orders are due now, or the budget ran out.
    package var workLeft: Bool
    /// Ledger rows are open whose confirmation is awaited.
    package var openRows: Bool
    /// Of a tick that names orders: those not yet worked on. After a failure none means all of them.
    package var remainingOrders: [String]
    /// Of a tick that names a window: what of it is not read yet, where that is less.
    package var remainingWindow: Tick.Window?
    /// What failed a run that did what it could all the same.
    package var failure: String?

    package init(
        end: End, gotAll: Bool = true, workLeft: Bool = false, openRows: Bool = false, remainingOrders: [String] = [],
        remainingWindow: Tick.Window? = nil
    ) {
        self.end = end
        self.gotAll = gotAll
        self.workLeft = workLeft
        self.openRows = openRows
        self.remainingOrders = remainingOrders
        self.remainingWindow = remainingWindow
    }
}

/// What is published before the tick is acknowledged (design 4). The one place that says when work is carried on, put off or dropped.
package enum AfterRun: Sendable, Hashable {
    /// Nothing: acknowledge.
    case acknowledge
    /// Nothing: acknowledge and count it as dropped.
    case drop
    /// At once, on the stage's own queue.
    case carryOn(Tick)
    /// Through the delay queue.
    case putOff(Tick)
    /// Through the delay queue, unless one of this stage and shard is already outstanding.
    case confirmLater(Tick)

    /// - Parameter newID: for a `continue` tick.
    package static func plan(_ tick: Tick, redelivered: Bool, result: RunResult, newID: String) -> AfterRun {
        var rest = tick
        rest.orders = result.remainingOrders
        rest.window = result.remainingWindow ?? tick.window
        // Who asked stays on it: what a person began goes on although the job is disabled or paused, and for the same orders.
        let continuation = Tick(
            id: newID, stage: tick.stage, trigger: .continuation, shard: tick.shard, orders: tick.orders, window: rest.window,
            requestedBy: tick.requestedBy ?? (tick.trigger.isByPerson ? tick.trigger.rawValue : nil))

        switch result.end {
        case .lockedOut:
            return tick.trigger == .schedule && !redelivered ? .drop : .putOff(tick)
        case .failed:
            if rest.orders.isEmpty { rest.orders = tick.orders }
            // What the schedule began, its next tick goes on with; what a person began, nobody else: the job may be disabled.
            return tick.trigger.isByPerson || tick.requestedBy != nil ? .putOff(rest) : .acknowledge
        case .done:
            if tick.trigger.isByPerson && !result.gotAll { return .putOff(tick) }
            // Without this, a message for named orders that are all done would become one for every order.
            let isForNobody = tick.trigger.isByPerson && !tick.orders.isEmpty && rest.orders.isEmpty
            if result.workLeft, !isForNobody { return .carryOn(tick.trigger.isByPerson ? rest : continuation) }
            return result.openRows ? .confirmLater(continuation) : .acknowledge
        }
    }
}
