import Domain
import FoundationEssentials
import Logging
import PartnerHTTP
import Pipeline
import Store

extension OrderRun {
    /// The stage's sweep. A partner that is out of service keeps nobody from confirming what is open at the other one.
    func sweep(_ tally: inout Tally) async throws {
        _ = try await answer(&tally) { try await stage.sweep(context) }
    }

    /// What a partner says; `nil` while it is out of service or says it unreadably, so that the run goes on with what does not hang on it.
    func answer<Answer>(_ tally: inout Tally, _ ask: () async throws -> Answer) async throws -> Answer? {
        do {
            return try await ask()
        } catch let error as PartnerError where error.concernsThisQuestion {
            context.logger.warning("a partner did not answer", error: error)
            tally.partnerFailed("\(error)")
            return nil
        } catch {
            _ = try pause(of: error, &tally)
            return nil
        }
    }

    /// The seconds until a partner that is out of service is tried again. Any other error is thrown on.
    private func pause(of error: any Error, _ tally: inout Tally) throws -> TimeInterval {
        guard let pause = (error as? PartnerError)?.outage else { throw error }
        context.logger.warning("a partner is out of service", error: error)
        tally.partnerFailed("\(error)")
        return pause
    }

    /// What the partners say about the orders. While one is out of service they wait for it, visibly and without an attempt being counted
    /// (design 6); what two looks found lacking keeps its rows.
    func gather(_ work: [Work], _ tally: inout Tally) async throws -> [OrderKey: S.Facts] {
        guard !work.isEmpty else { return [:] }
        do {
            return try await stage.gather(work.map { $0.order }, context)
        } catch {
            let pause = max(1, try pause(of: error, &tally))
            let changes = work.filter { $0.lacking.isEmpty }.map { item in
                waiting(item.order.claimed, .circuitOpen, for: pause, rechecks: item.order.claimed.rechecks)
            }
            try await settle(changes, &tally)
            return [:]
        }
    }
}

extension PartnerError {
    /// The seconds until a partner is tried again that is known to be out of service, since its circuit is open; `nil` for any other error.
    fileprivate var outage: TimeInterval? {
        guard isCircuitOpen else { return nil }
        guard let asked = retryAfter?.components else { return 5 }
        return TimeInterval(asked.seconds) + TimeInterval(asked.attoseconds) / 1e18
    }

    /// Whether another question may well be answered: we are neither stopped nor locked out.
    fileprivate var concernsThisQuestion: Bool {
        switch kind {
        case .unavailable, .malformedAnswer, .refused: !isOurOwn
        case .notExecuted, .unknownOutcome, .credentials, .bug: false
        }
    }
}
