import Domain
import Sandbox

/// What strikes when: a function of seed and duration alone.
///
/// The storm goes in rounds. In each, every kind of fault occurs, in an order of its own; server outages stand apart, so that the fleet can
/// work in between.
package struct FaultPlan: Sendable, Hashable {
    /// Seconds that a round takes, at least.
    static let round = 95.0
    /// Seconds before the first fault and after the last one.
    static let calm = 3.0

    package let faults: [PlannedFault]

    /// - Parameter duration: seconds that the storm lasts.
    package init(seed: UInt64, duration: Double) {
        var dice = SplitMix64(seed: seed ^ 0x0573_0FA1)
        var maker = FaultMaker(dice: SplitMix64(seed: dice.next()))
        let rounds = max(1, Int(duration / Self.round))
        let length = (duration - 2 * Self.calm) / Double(rounds)
        faults = (0..<rounds).flatMap { round in
            let kinds = Self.sequence(round, &dice)
            let start = Self.calm + Double(round) * length
            return kinds.enumerated().map { index, kind in
                let at = start + (Double(index) + dice.fraction() * 0.8) * length / Double(kinds.count)
                return PlannedFault(at: at, kind: kind, fault: maker.fault(kind, round: round))
            }
        }
    }

    /// A round's kinds in their order, those of the network twice: there are four links.
    private static func sequence(_ round: Int, _ dice: inout SplitMix64) -> [FaultKind] {
        let outages: [FaultKind] = [.brokerRestarted, .databaseKilled, .brokerKilled, .databaseRestarted]
        let network: [FaultKind] = [.linkCut, .linkCutBefore, .linkCutAfter, .linkCutMidway, .linkDelayed, .linkBlackHole]
        var kinds = (FaultKind.allCases + network).filter { !outages.contains($0) }
        kinds.shuffle(using: &dice)
        let first = Int.random(in: 0..<outages.count, using: &dice)
        let pace = kinds.count / outages.count
        for turn in outages.indices {
            let place = pace / 2 + turn * (pace + 1)
            kinds.insert(outages[(first + turn) % outages.count], at: place)
        }
        return kinds
    }
}
