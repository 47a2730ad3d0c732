import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import Pipeline
import StageRunner
import Store

struct TickStage: Verb {
    static let configuration = CommandConfiguration(
        commandName: "tick", abstract: "Run a stage now.",
        discussion: """
            Asks the stage's workers for a run over everything that is due, also when its job is off or paused. Prints the message's id,
            one a shard.

              conveyor tick pull
              conveyor tick push --wait 60     returns when the run and what it left over have ended: 0, or 1 if it failed
            """)

    @Argument(help: "The stage.") var stage: Stage
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        try await context.withDatabase { pool in
            let configuration = try await RuntimeConfigurationStore(pool).current()?.configuration ?? RuntimeConfiguration()
            let shards = stage.isSharded ? Shard.all(configuration.job(stage).shards) : [.whole]
            let now = context.now()
            let ticks = shards.map { shard in
                Tick(
                    id: context.newTickID(), stage: stage, trigger: .manual, shard: shard, requestedBy: context.operatorName,
                    issuedAt: now)
            }
            try await context.withTicks { try await $0.publish(ticks) }
            let ids = ticks.map(\.id)
            context.printTicks(ids, isJSON: output.isJSON)
            try await waiting.wait(for: ids, RunDirectory(pool), context)
        }
    }
}

extension CommandContext {
    func newTickID() -> String { newID().uuidString.lowercased() }

    func printTicks(_ ids: [String], isJSON: Bool) {
        if isJSON {
            print(JSON.object(["ids": .array(ids.map(JSON.string))]).text())
        } else {
            for id in ids { print(id) }
        }
    }
}
