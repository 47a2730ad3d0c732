/// How long and how hard.
package struct StormSettings: Sendable, Hashable {
    package var seed: UInt64 = 1
    package var minutes: Double = 5
    package var ordersPerMinute = 90
    /// Seconds that the fleet may take to settle when the faults have stopped.
    package var settleWithin: Double = 240
    /// Seconds afterwards in which nothing more may happen.
    package var quiet: Double = 12

    package init() {}

    var duration: Double { minutes * 60 }
}
