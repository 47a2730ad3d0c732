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
        if !tick.orders.isEmpty {
            result.remainingOrders = try await intake.fetch(tick.orders)
            result.workLeft = !result.remainingOrders.isEmpty
        } else {
            for sweep in context.configuration.pull.sweeps {
                let isDone =
                    if let window = tick.window { try await intake.read(sweep, window) } else { try await intake.advance(sweep) }
                result.workLeft = result.workLeft || !isDone
            }
        }
        return (result, await intake.counts.byName)
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
