import Domain
import FoundationEssentials
import Logging
import Pipeline
import Store

extension OrderRun {
    /// The stage's sweep. A partner that is out of service keeps nobody from confirming what is open at the other one.
    func sweep(_ tally: inout Tally) async throws {
        do {
            try await stage.sweep(context)
        } catch {
            guard stage.outage(error) != nil else { throw error }
            context.logger.warning("a partner is out of service", error: error)
            tally.partnerFailed = true
        }
    }

    /// What the partners say about the orders. While one is out of service they wait for it, visibly and without an attempt being counted
    /// (design 6); what two looks found lacking keeps its rows.
    func gather(_ work: [Work], _ tally: inout Tally) async throws -> [OrderKey: S.Facts] {
        guard !work.isEmpty else { return [:] }
        do {
            return try await stage.gather(work.map(\.order), context)
        } catch {
            guard let pause = stage.outage(error) else { throw error }
            context.logger.warning("a partner is out of service", error: error)
            tally.partnerFailed = true
            let until = context.now().addingTimeInterval(max(1, pause))
            let waiting = work.filter(\.lacking.isEmpty).map { item in
                let claimed = item.order.claimed
                return OrderChange(
                    order: claimed.key, status: claimed.status, version: claimed.version,
                    outcome: .wait(.circuitOpen, until: until, rechecks: claimed.rechecks))
            }
            try await settle(waiting, &tally)
            return [:]
        }
    }
}
