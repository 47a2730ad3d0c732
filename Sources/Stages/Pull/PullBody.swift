package import DSCO
package import Domain
import FoundationEssentials
import PartnerAccess
package import Pipeline
package import StageRunner
import Store

/// Brings orders in from DSCO (design 6, pull): two sweeps over time, one window that a message names, or single orders.
package struct PullBody: StageBody {
    private let dsco: DSCOClient

    package init(_ dsco: DSCOClient) { self.dsco = dsco }

    package var stage: Stage { .pull }
    package var budget: Duration { .seconds(600) }

    package func run(_ tick: Tick, _ context: RunContext) async throws -> (result: RunResult, counts: [String: Int]) {
        let intake = Intake(dsco, context)
        var result = RunResult(end: .done)
        var counts: [String: Int] = [:]
        if !tick.orders.isEmpty {
            let fetched = try await intake.fetch(tick.orders)
            result.remainingOrders = fetched.notAsked + fetched.garbled
            result.workLeft = !fetched.notAsked.isEmpty
            // What DSCO could not say readably is asked again later; it keeps nobody else waiting.
            if !fetched.garbled.isEmpty, !result.workLeft {
                result.end = .failed
                let names = fetched.garbled.prefix(5).joined(separator: ", ")
                result.failure = "DSCO did not show \(fetched.garbled.count) of the orders readably: \(names)"
            }
            counts = ["unknown": fetched.unknown, "refused": fetched.refused, "garbled": fetched.garbled.count]
        } else if let window = tick.window {
            result.remainingWindow = try await intake.read(window, context.configuration.pull.sweeps) { done in
                guard tick.trigger == .replay else { return }
                try await ReplayStore.moved(tick.id, to: done, on: context.session)
            }
            result.workLeft = result.remainingWindow != nil
        } else {
            for sweep in context.configuration.pull.sweeps {
                let isDone = try await intake.advance(sweep)
                result.workLeft = result.workLeft || !isDone
            }
        }
        return (result, await intake.counts.byName.merging(counts.filter { $0.value > 0 }) { $0 + $1 })
    }
}

extension PullCounts {
    fileprivate var byName: [String: Int] {
        [
            "new": new, "refreshed": refreshed, "unchanged": unchanged, "held": held, "cancelled": cancelled,
            "quarantined": quarantined,
        ]
        .filter { $0.value > 0 }
    }
}
