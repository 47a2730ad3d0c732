package import Domain

/// The names of the broker's parts (design 4), in one place.
package enum Topology {
    package static let exchange = "conveyor"
    package static let deadExchange = "conveyor.dead"
    package static let delayExchange = "conveyor.delay"
    package static let delayQueue = "conveyor.delay.30s"
    package static let delayMilliseconds: Int64 = 30_000
    package static let deliveryLimit: Int64 = 5
    package static let maximumLength: Int64 = 100_000
    /// The header of a dead letter that says why.
    package static let reasonHeader = "x-reason"

    package static func queue(_ stage: Stage) -> String { "conveyor.\(stage.rawValue)" }
    package static func deadQueue(_ stage: Stage) -> String { "conveyor.\(stage.rawValue).dead" }
}
