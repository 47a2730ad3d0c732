package import Domain
package import StageRunner

/// A stage whose effects are DSCO's.
package protocol DSCOStage: OrderStage where Effect: DSCOEffect {
    var effects: DSCOEffects<Effect> { get }
}

extension DSCOStage {
    package var effectTiming: EffectTiming { effects.timing }
    package var refusal: HoldReason { .refusedByDSCO }

    /// DSCO limits the bytes of a batch, not its objects (DSCO contract 1): `submit` cuts by bytes, and this bounds only how many orders
    /// one lost answer leaves in doubt.
    package func capacity(_ configuration: RuntimeConfiguration) -> SendCapacity {
        SendCapacity(effectsPerCall: 1000, callsAtOnce: 1)
    }

    package func submit(
        _ rows: [OpenRow<Effect>], _ permit: SendPermit, _ run: RunContext, _ report: @Sendable ([Answer]) async throws -> Void
    ) async throws {
        try await effects.submit(rows, permit, report)
    }

    package func confirm(
        _ rows: [OpenRow<Effect>], until end: ContinuousClock.Instant, _ run: RunContext
    ) async throws -> [Int64: Confirmation] {
        try await effects.confirm(rows) { run.isStopping() || ContinuousClock.now >= end }
    }

    package func reconcile(_ rows: [OpenRow<Effect>], _ run: RunContext) async throws -> [Int64: Finding] {
        try await effects.reconcile(rows, run)
    }
}
