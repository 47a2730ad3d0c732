import ArgumentParser
import StageRunner

struct DropDead: Verb {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Delete dead letters for good.",
        discussion: """
            What a letter asked for is not done then, unless something else asks for it: `conveyor dead show` says what it was.

              conveyor dead drop push 1f0c2a9be07d3344
              conveyor dead drop push --all
            """)

    @OptionGroup var selection: DeadSelection
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let dropped = try await context.withDeadLetters(of: selection.stage) { letters in
            let chosen = try selection.chosen(from: letters)
            for letter in chosen { try await letters.drop(letter) }
            return chosen
        }
        context.printLetters(dropped, done: "dropped", isJSON: output.isJSON)
    }
}
