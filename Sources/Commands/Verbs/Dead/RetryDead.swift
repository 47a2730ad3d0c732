import ArgumentParser
import StageRunner

struct RetryDead: Verb {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Give dead letters back to their stage.",
        discussion: """
            A letter is removed only when the broker has confirmed that the stage's queue has it. Should the connection break in between,
            it may run twice, which does no harm: what it asks for goes through the ledger of effects.

              conveyor dead retry push 1f0c2a9be07d3344
              conveyor dead retry push --all
            """)

    @OptionGroup var selection: DeadSelection
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let retried = try await context.withDeadLetters(of: selection.stage) { letters in
            let chosen = try selection.chosen(from: letters)
            for letter in chosen {
                if let fault = letter.fault {
                    context.note("\(letter.id) is no tick (\(fault)): the stage will bury it again, with the same reason.")
                }
                try await letters.retry(letter)
            }
            return chosen
        }
        context.printLetters(retried, done: "retried", isJSON: output.isJSON)
    }
}
