import ArgumentParser
import Domain
import StageRunner

struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Messages that no run could take: see, retry or drop them.",
        discussion: """
            A message dies when it is no tick of its stage, or when workers died over it again and again. Nothing is lost with it: it
            lies in the stage's dead queue until somebody decides. No order waits for one: the next tick does what is due.

              conveyor dead list                       all stages, with why and what asked for it
              conveyor dead show push 1f0c…            the message itself, the reason in words and what to do
              conveyor dead retry push 1f0c…           back to its stage
              conveyor dead retry push --all
              conveyor dead drop push 1f0c…            for good; naming it is the confirmation
            """,
        subcommands: [ListDead.self, ShowDead.self, RetryDead.self, DropDead.self])
}

/// Which letters a verb means: some by name, or all of the stage.
struct DeadSelection: ParsableArguments {
    @Argument(help: "The stage.") var stage: Stage
    @Argument(help: ArgumentHelp("The letters, by the ids that `conveyor dead list` shows.", valueName: "id")) var ids: [String] =
        []
    @Flag(help: "All dead letters of the stage.") var all = false

    func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError("Name the letters by their ids, or say --all. `conveyor dead list` shows them.")
        }
    }

    /// The letters that are meant; the names of a letter and its exact copies mean the first of them.
    ///
    /// - Throws: `CommandFailure` when one of the names fits none: then nothing is done.
    func chosen(from letters: DeadLetters) throws -> [DeadLetter] {
        guard !all else { return letters.letters }
        return try Set(ids).sorted().map { id in
            guard let letter = letters.letters.first(where: { $0.id == id }) else {
                throw CommandFailure.unknownLetter(id, stage)
            }
            return letter
        }
    }
}

extension CommandFailure {
    static func unknownLetter(_ id: String, _ stage: Stage) -> CommandFailure {
        CommandFailure(
            .notFound,
            """
            No dead letter \(id.harmless(40)) of \(stage.rawValue): nothing was done. Somebody may have settled it; \
            `conveyor dead list \(stage.rawValue)` shows what is there.
            """)
    }
}
