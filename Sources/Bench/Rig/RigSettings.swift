import Domain
import Rehearsal
import Sandbox

/// What a part wants to measure with.
struct RigSettings: Sendable {
    var partners = SandboxConfiguration()
    var fleet: [ProcessName] = []
    /// `LINGXING_MIN_GAP_SECONDS`.
    var minimumGap = 0.0
    /// `DSCO_SETTLING_SECONDS`, where it is not the default.
    var settling: Int?
    var configure: @Sendable (inout RuntimeConfiguration) -> Void = { _ in }

    /// Partners that answer at once and have no limits.
    static func withoutLimits() -> RigSettings {
        var settings = RigSettings()
        settings.partners.recordsRequests = false
        settings.partners.dsco.logDelay = 0
        settings.partners.dsco.readDelay = 0
        settings.partners.dsco.logPage = 1000
        settings.partners.lingXing.latency = 0
        settings.partners.lingXing.readDelay = 0
        settings.partners.lingXing.reviewDelay = 0
        settings.partners.lingXing.shipDelay = 0
        settings.partners.lingXing.capacity = false
        return settings
    }

    /// So many workers of each of these stages, and a scheduler.
    mutating func work(_ stages: [Stage], workers: Int = 1, scheduler: Bool = true) {
        fleet += stages.flatMap { stage in (1...workers).map { ProcessName.worker(stage, $0) } }
        if scheduler, !fleet.contains(.scheduler(1)) { fleet.append(.scheduler(1)) }
    }
}

extension RuntimeConfiguration {
    /// A cron that does not fire while anything is measured.
    static let never = "0 0 0 1 1 *"

    /// Every job off but these.
    mutating func only(_ stages: [Stage], cron: String) {
        for stage in Stage.allCases {
            jobs[stage]?.isEnabled = stages.contains(stage)
            jobs[stage]?.cron = stages.contains(stage) ? cron : Self.never
        }
    }
}
