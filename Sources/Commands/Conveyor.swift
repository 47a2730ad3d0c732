import ArgumentParser
import Store

/// The command line.
package enum Conveyor {
    /// Parses and runs one command line.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status: 0 done, 1 failed, 3 not found, 64 usage (design 3).
    package static func run(_ arguments: [String], in context: CommandContext) async -> Int32 {
        do {
            var command = try ConveyorCommand.parseAsRoot(arguments)
            if let verb = command as? any Verb {
                try await verb.run(in: context)
            } else {
                // A group alone, or the parser's own help: it answers by throwing.
                try command.run()
            }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch let failure where isOurs(failure) {
            context.note("conveyor: \(failure)")
            return (failure as? CommandFailure)?.code.rawValue ?? (isNotFound(failure) ? 3 : 1)
        } catch {
            // What the parser found: help that was asked for, or a wrong usage.
            let code = ConveyorCommand.exitCode(for: error)
            context.write(code.isSuccess ? .output : .error, ConveyorCommand.fullMessage(for: error).onTerminal + "\n")
            return code.rawValue
        }
    }

    private static func isOurs(_ error: any Error) -> Bool {
        // Whatever the parser throws, it can tell from an error of ours: its own never come with exit status 1.
        ConveyorCommand.exitCode(for: error) == .failure
    }

    private static func isNotFound(_ error: any Error) -> Bool { (error as? StoreError)?.code == .notFound }
}

/// A command that does something, unlike one that only groups others.
protocol Verb: ParsableCommand {
    func run(in context: CommandContext) async throws
}

struct ConveyorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conveyor",
        abstract: "Keeps DSCO and LingXing in step: see and steer the belt.",
        discussion: """
            Orders ride a belt of statuses: 1 pulled, 2 in LingXing, 3 acknowledged, 4 shipped, 5 done; 6 is cancelled.

            A first look:
              conveyor status                          how many orders stand where, and what the stages do
              conveyor orders --held                   the orders that need a person, and what cures them
              conveyor order PO-1001                   one order with everything that happened to it

            Setting up:
              conveyor migrate                         brings the database's schema up to date
              conveyor config show >config.json        then edit it, and
              conveyor config set config.json

            Settings come from env.yaml (or the file that CONVEYOR_ENV names) and from environment variables: DATABASE_URL
            always, AMQP_URL for tick, replay and dead. Every verb takes --json. Exit status: 0 done, 1 failed, 3 not found, 64 usage.
            """,
        subcommands: [
            Status.self, ShowOrder.self, ListOrders.self, TickStage.self, ReplayStage.self, Dead.self, Config.self,
            Migrate.self,
        ])
}

/// `--json`, the same on every verb.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON, for programs.") var isJSON = false
}
