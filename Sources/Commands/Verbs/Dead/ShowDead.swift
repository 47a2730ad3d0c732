import ArgumentParser
import Domain
import JSON
import StageRunner

struct ShowDead: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dead letter: the message, why it died and what to do.",
        discussion: "  conveyor dead show push 1f0c2a9be07d3344")

    @Argument(help: "The stage.") var stage: Stage
    @Argument(help: "The letter's id, as `conveyor dead list` shows it.") var id: String
    @OptionGroup var output: OutputOptions

    func run(in context: CommandContext) async throws {
        let letters = try await context.withDeadLetters(of: stage) { $0.letters.filter { $0.id == id } }
        guard let letter = letters.first else { throw CommandFailure.unknownLetter(id, stage) }
        if output.isJSON {
            context.print(letter.detail.text())
        } else {
            context.print(text(letter, copies: letters.count))
        }
    }

    private func text(_ letter: DeadLetter, copies: Int) -> String {
        var lines = [
            ("letter", "\(letter.id) of \(letter.stage.rawValue)\(copies > 1 ? ", \(copies) exact copies" : "")"),
            ("died", letter.at.shown), ("why", letter.reason.sentence), ("to do", letter.advice),
        ]
        if let trigger = letter.trigger { lines.append(("trigger", trigger)) }
        let facts = lines.map { "  \($0.0)\(String(repeating: " ", count: 9 - $0.0.count))\($0.1)" }.joined(separator: "\n")
        return "\(facts)\n\n\(letter.beginning(.max))"
    }
}
