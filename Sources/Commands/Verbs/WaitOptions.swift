import ArgumentParser
import FoundationEssentials
import Store

/// `--wait SECONDS`, the same on tick and replay.
struct WaitOptions: ParsableArguments {
    /// Often enough for a person, seldom enough for the database.
    private static let pause = Duration.milliseconds(200)

    @Option(
        help: ArgumentHelp(
            "Return only when every run of it has ended and no effect of it is open; exit status 1 if one failed or time ran out.",
            valueName: "seconds"))
    var wait: Double?

    func validate() throws {
        guard let wait else { return }
        guard wait.isFinite, wait >= 0 else { throw ValidationError("--wait takes a number of seconds.") }
    }

    /// - Parameter progress: how far it is; asked now and then, and at the end.
    /// - Throws: `CommandFailure` when a run failed or time ran out.
    func wait(
        for ids: [String], _ runs: RunDirectory, _ context: CommandContext, progress: (() async throws -> String?)? = nil
    ) async throws {
        guard wait != nil, !ids.isEmpty else { return }
        do {
            try await wait(ids, runs, context, progress)
        } catch {
            await note(progress, context)
            throw error
        }
        await note(progress, context)
    }

    private func note(_ progress: (() async throws -> String?)?, _ context: CommandContext) async {
        if context.isWatched { context.write(.error, "\r\u{1B}[K") }
        if let words = try? await progress?() { context.note(words) }
    }

    private func wait(
        _ ids: [String], _ runs: RunDirectory, _ context: CommandContext, _ progress: (() async throws -> String?)?
    ) async throws {
        guard let wait else { return }
        let start = ContinuousClock.now
        var (shown, asked) = ("", ContinuousClock.Instant?.none)
        while true {
            switch try await runs.verdict(of: ids, now: context.now()) {
            case .done: return
            case .failed:
                throw CommandFailure(.failed, "A run failed. `conveyor status` shows the last one of each stage with its error.")
            case .pending: break
            }
            let waited = ContinuousClock.now - start
            guard waited < .seconds(wait) else {
                throw CommandFailure(
                    .failed,
                    "Not ended after \(wait.formatted) s. It goes on; `conveyor status` shows how it stands, and whether a worker is there."
                )
            }
            if context.isWatched {
                if let progress, asked.map({ .now - $0 >= .seconds(1) }) ?? true {
                    shown = try await progress().map { ": \($0)" } ?? ""
                    asked = .now
                }
                context.write(.error, "\r\u{1B}[Kwaiting, \(waited.components.seconds) s of \(wait.formatted) s\(shown)")
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}

extension Double {
    fileprivate var formatted: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}
