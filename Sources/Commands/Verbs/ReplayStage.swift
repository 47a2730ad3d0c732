import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Pipeline
import PostgreSQL
import StageRunner
import Store

struct ReplayStage: Verb {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run a stage now for certain orders, whatever their hold or backoff.",
        discussion: """
            A replay releases the orders' holds, puts them first and goes through the same ledger of effects as ever: it can never send
            anything twice. An order that is not at the stage is left alone.

              conveyor replay push --po PO-1001 PO-1002 --wait 60
              conveyor replay push --held shop_unmapped              after the mapping was added, all that waited for it
              conveyor replay ship --since 2026-01-31T12:00:00Z      the orders at this stage that changed since
              conveyor replay pull --po PO-1001                      fetches these orders from DSCO, known or not
              conveyor replay pull --since 2026-01-31                reads DSCO's list from then until now once more
            """)

    @Argument(help: "The stage.") var stage: Stage
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Orders by poNumber or dscoOrderId; one that several share means all of them."))
    var po: [String] = []
    @Option(help: ArgumentHelp("The orders held at this stage for this reason.", valueName: "reason")) var held: HoldReason?
    @Option(
        help: ArgumentHelp("The orders at this stage that changed since, such as 2026-01-31T12:00:00Z (UTC).", valueName: "time"))
    var since: TimeArgument?
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [!po.isEmpty, held != nil, since != nil].count(where: \.self) == 1 else {
            throw ValidationError("Say which orders, by one of --po, --held and --since.")
        }
        guard po.allSatisfy({ !$0.isEmpty && $0.isUsableName }) else { throw ValidationError("--po takes order numbers.") }
        guard stage != .stock else { throw ValidationError("stock knows no orders. Run it whole: conveyor tick stock") }
        guard stage != .pull || held == nil else {
            throw ValidationError("pull holds no orders. Fetch some anew: conveyor replay pull --po PO")
        }
    }

    func run(in context: CommandContext) async throws {
        try await context.withDatabase { pool in
            guard po.isEmpty else {
                let ids = try await replayByName(pool, context)
                context.printTicks(ids, isJSON: output.isJSON)
                return try await waiting.wait(for: ids, RunDirectory(pool), context)
            }
            let (id, ids) = try await replayByFilter(pool, context)
            context.printTicks(ids, isJSON: output.isJSON)
            let store = ReplayStore(pool)
            try await waiting.wait(for: ids, RunDirectory(pool), context) {
                try await store.refresh(now: context.now())
                return try await store.find(id).map(\.progress)
            }
        }
    }

    private func replayByName(_ pool: PostgresPool, _ context: CommandContext) async throws -> [String] {
        if stage != .pull { try await lookAtOrders(pool, context) }
        let now = context.now()
        let ticks = stride(from: 0, to: po.count, by: Tick.maximumOrders).map { start in
            Tick(
                id: context.newTickID(), stage: stage, trigger: .replay,
                orders: Array(po[start..<min(start + Tick.maximumOrders, po.count)]),
                requestedBy: context.operatorName, issuedAt: now)
        }
        try await context.withTicks { try await $0.publish(ticks) }
        return ticks.map(\.id)
    }

    /// Refuses names that nobody knows, and says which orders the stage will leave alone.
    private func lookAtOrders(_ pool: PostgresPool, _ context: CommandContext) async throws {
        let directory = OrderDirectory(pool)
        for name in po {
            let found = try await directory.find(name)
            guard !found.isEmpty else { throw CommandFailure.unknownOrder(name) }
            for order in found where order.status != stage.source {
                let source = stage.source.map { "\($0.rawValue)" } ?? "-"
                context.note(
                    "\(name) is at status \(order.status.rawValue): \(stage.rawValue) takes orders at \(source) and leaves it alone."
                )
            }
        }
    }

    /// A row of its own, so that the leading scheduler publishes its messages again until it is done.
    private func replayByFilter(
        _ pool: PostgresPool, _ context: CommandContext
    ) async throws -> (id: String, ticks: [String]) {
        let store = ReplayStore(pool)
        let now = context.now()
        return try await context.withTicks { ticks in
            let replay = try await store.create(
                context.newTickID(), stage: stage, filter: filter(now), requestedBy: context.operatorName, reason: nil, now: now)
            try await ticks.publish(store.messages(of: replay, now: now))
            try await store.published(replay.id, now: now)
            try await store.refresh(now: now)
            if stage.source != nil {
                context.note("\(replay.total) order\(replay.total == 1 ? "" : "s")")
            }
            return (replay.id, try await store.tickIDs(of: replay))
        }
    }

    private func filter(_ now: Date) -> ReplayFilter {
        if let held { return .held(held) }
        let since = since?.date ?? now
        return stage == .pull ? .window(Tick.Window(since: since, until: max(now, since.addingTimeInterval(1)))) : .since(since)
    }
}
