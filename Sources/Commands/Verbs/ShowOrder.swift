import ArgumentParser
import Composition
import Domain
import FoundationEssentials
import JSON
import PostgreSQL
import Store

struct ShowOrder: Verb {
    enum Change: String, ExpressibleByArgument, CaseIterable {
        case hold, release, setStatus = "set-status"
    }

    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Show one order with its effects and timeline, or change it.",
        discussion: """
            PO is a poNumber or a dscoOrderId.

              conveyor order PO-1001
              conveyor order PO-1001 hold --reason "customer called, address is wrong"
              conveyor order PO-1001 release --reason "address corrected in DSCO"
              conveyor order PO-1001 set-status 4 --reason "shipped by hand, told DSCO in its portal"

            hold stops the order; release lets it go on and accepts what it was held for, until that changes. Of an order held in_doubt
            nothing is accepted: the partner is looked at again. set-status closes effects that are open (as done where N is past their
            stage, else as not done), and lets the stages from N on run again: look at the partners before. Each change is in the
            order's timeline, with who and why.
            """)

    @Argument(help: ArgumentHelp("A poNumber or dscoOrderId.", valueName: "po")) var name: String
    @Argument(help: "What to do to it.") var change: Change?
    @Argument(help: ArgumentHelp("The new status of set-status, 1 to 6.", valueName: "n")) var status: Int?
    @Option(help: ArgumentHelp("Why; it is kept in the timeline.", valueName: "text")) var reason: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let change else {
            if reason != nil { throw ValidationError("--reason goes with hold, release or set-status.") }
            return
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError("\(change.rawValue) needs --reason TEXT: it is kept in the order's timeline.")
        }
        switch (change, status) {
        case (.setStatus, let status?): _ = try OrderStatus(argument: status)
        case (.setStatus, nil):
            throw ValidationError("set-status needs the new status: conveyor order \(name) set-status 4 --reason TEXT")
        case (.hold, .some), (.release, .some): throw ValidationError("\(change.rawValue) takes no number.")
        case (.hold, nil), (.release, nil): break
        }
    }

    func run(in context: CommandContext) async throws {
        try await context.withDatabase { pool in
            let order = try await OrderDirectory(pool).one(name)
            if let change {
                try await apply(change, to: order, pool, context)
            } else {
                guard let detail = try await OrderDirectory(pool).detail(order.key) else {
                    throw CommandFailure.unknownOrder(name)
                }
                context.print(output.isJSON ? detail.json.text() : detail.text(context.language, now: context.now()))
            }
        }
    }

    private func apply(_ change: Change, to order: OrderView, _ pool: PostgresPool, _ context: CommandContext) async throws {
        let actions = OrderActions(pool)
        let (reason, by, now) = (reason ?? "", context.operatorName, context.now())
        var result = OrderActions.Result.done
        switch change {
        case .hold: result = try await actions.hold(order.key, reason: reason, by: by, now: now)
        case .release: result = try await actions.release(order.key, reason: reason, by: by, now: now)
        case .setStatus:
            let status = try OrderStatus(argument: status ?? 0)
            let findings = try await PartnerLook(context.settings(), pool).findings(on: order)
            try await actions.setStatus(order.key, to: status, reason: reason, findings: findings, by: by, now: now)
            if !output.isJSON { context.note("\(findings).") }
        }
        context.print(output.isJSON ? JSON.object(["result": .string(result.name)]).text() : sentence(change, result, order))
    }

    private func sentence(_ change: Change, _ result: OrderActions.Result, _ order: OrderView) -> String {
        switch (change, result) {
        case (_, .marked):
            "An effect of \(order.poNumber) is under way. Noted: \(change.rawValue) takes effect as soon as its result is known."
        case (.hold, .unchanged): "\(order.poNumber) is held by a person already."
        case (.release, .unchanged): "\(order.poNumber) is not held: there is nothing to release."
        case (.hold, .done): "\(order.poNumber) is held. Let it go on: conveyor order \(name) release --reason TEXT"
        case (.release, .done): "\(order.poNumber) is released; the next run takes it."
        case (.setStatus, _): "\(order.poNumber) is at status \(status ?? 0) now; it was at \(order.status.rawValue)."
        }
    }
}

extension OrderActions.Result {
    fileprivate var name: String {
        switch self {
        case .done: "done"
        case .marked: "marked"
        case .unchanged: "unchanged"
        }
    }
}

extension OrderDirectory {
    /// The one order of this name.
    ///
    /// - Throws: `CommandFailure` when there is none, when what there is cannot be read, or when several share the poNumber.
    func one(_ name: String) async throws -> OrderView {
        let found = try await find(name)
        guard let order = found.first else {
            if let payload = try await unreadable(name) { throw CommandFailure.unreadableOrder(name, payload) }
            throw CommandFailure.unknownOrder(name)
        }
        guard found.count == 1 else { throw CommandFailure.sharedNumber(name, found.map { $0.dscoOrderID ?? $0.key.rawValue }) }
        return order
    }
}
