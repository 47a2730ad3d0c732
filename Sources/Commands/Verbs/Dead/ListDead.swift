import ArgumentParser
import Domain
import FoundationEssentials
import JSON
import StageRunner

struct ListDead: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, oldest first, of one stage or of all.",
        discussion: """
              conveyor dead list
              conveyor dead list push --json | jq -r '.[].id'
            """)

    @Argument(help: "The stage; without it, all.") var stage: Stage?
    @Option(help: ArgumentHelp("The most letters to list of a stage.", valueName: "n")) var limit = 100
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be above 0.") }
    }

    func run(in context: CommandContext) async throws {
        var letters: [DeadLetter] = []
        for stage in stage.map({ [$0] }) ?? Stage.allCases {
            let found = try await context.withDeadLetters(of: stage, limit: limit) { $0.letters }
            if found.count == limit {
                context.note("Of \(stage.rawValue) only the first \(limit) are shown: --limit shows more.")
            }
            letters += found
        }
        context.print(output.isJSON ? JSON.array(letters.map(\.json)).text() : text(letters))
    }

    private func text(_ letters: [DeadLetter]) -> String {
        guard !letters.isEmpty else { return "No dead letter." }
        var table = Table("STAGE", "ID", "DIED", "WHY", "TRIGGER", "BEGINS")
        for letter in letters {
            table.add([
                letter.stage.rawValue, letter.id, letter.at.shown, letter.reason.shown, letter.trigger ?? "-",
                letter.beginning(60),
            ])
        }
        return table.text
    }
}
