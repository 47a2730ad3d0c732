import Testing

/// Polls until the condition holds.
/// - Throws: `TimedOut` when it does not within the time-out.
func eventually(
    within timeout: Duration = .seconds(20), _ what: @autoclosure () -> String, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimedOut(description: "not within \(timeout): \(what())") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

struct TimedOut: Error, CustomStringConvertible {
    let description: String
}
