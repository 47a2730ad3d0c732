package import Domain
package import Pipeline
package import StageRunner
import Store

/// A run of push: first it stops in LingXing what DSCO cancelled, before it is shipped, then it brings in what is new.
package struct PushBody: StageBody {
    private let cancelStage: CancelStage
    private let pushStage: PushStage
    private let decode: @Sendable ([UInt8]) throws -> Order

    /// - Parameter decode: reads a stored payload.
    package init(_ push: PushStage, _ cancel: CancelStage, decode: @escaping @Sendable ([UInt8]) throws -> Order) {
        pushStage = push
        cancelStage = cancel
        self.decode = decode
    }

    package var stage: Stage { .push }
    package var budget: Duration { .seconds(60) }

    package func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int]) {
        // A message that names orders means those that are to be pushed.
        guard tick.orders.isEmpty else { return try await OrderRun(pushStage, context, decode: decode).execute() }
        let cancelled = try await OrderRun(cancelStage, context.with(.cancelling), decode: decode).execute()
        var (result, counts) = try await OrderRun(pushStage, context, decode: decode).execute()
        if cancelled.result.end == .failed { result.end = .failed }
        result.failure = result.failure ?? cancelled.result.failure
        result.workLeft = result.workLeft || cancelled.result.workLeft
        result.openRows = result.openRows || cancelled.result.openRows
        for (outcome, count) in cancelled.counts { counts["cancelling_\(outcome)"] = count }
        return (result, counts)
    }
}
