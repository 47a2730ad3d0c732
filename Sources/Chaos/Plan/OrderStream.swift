package import Sandbox

/// The orders that come in while the storm lasts: each kind of the realistic mix, evenly spread, from a seed.
package struct OrderStream: Sendable {
    package struct Arrival: Sendable {
        /// Seconds from the start of the storm.
        package let at: Double
        package let scenario: Scenario
        /// A shared poNumber makes two orders.
        package let count: Int
        package let seed: UInt64

        package var request: OrderRequest {
            // DSCO lists nothing that is younger than ten seconds.
            OrderRequest(count: count, seed: seed, mix: [(scenario, 1)], age: 12)
        }
    }

    package let arrivals: [Arrival]

    package init(seed: UInt64, duration: Double, perMinute: Int) {
        var dice = SplitMix64(seed: seed ^ 0x0_1DE5)
        let total = max(1, Int(duration / 60 * Double(perMinute)))
        var scenarios = Scenario.realisticMix.flatMap { scenario, share in
            Array(repeating: scenario, count: max(1, Int((share * Double(total)).rounded())))
        }
        scenarios += Array(repeating: .plain, count: max(0, total - scenarios.count))
        scenarios.shuffle(using: &dice)
        let gap = duration / Double(scenarios.count)
        arrivals = scenarios.enumerated().map { index, scenario in
            Arrival(
                at: (Double(index) + dice.fraction()) * gap, scenario: scenario, count: scenario == .sharedPO ? 2 : 1,
                seed: dice.next() >> 1)
        }
    }
}
