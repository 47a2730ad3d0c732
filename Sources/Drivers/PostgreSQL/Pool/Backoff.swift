/// Growing pauses between attempts: 0.25 s, 0.5 s, 1 s, 2 s … 2 s, each between half of that and the whole, so that a fleet that lost
/// its server together does not come back together, and yet is back soon after the server is.
struct Backoff {
    private var attempt = 0
    private let random: @Sendable () -> Double

    /// - Parameter random: from 0 to 1.
    init(random: @escaping @Sendable () -> Double) { self.random = random }

    mutating func next() -> Duration {
        let whole = min(2, 0.25 * Double(1 << min(attempt, 6)))
        attempt += 1
        return .seconds(whole * (0.5 + random() / 2))
    }
}
