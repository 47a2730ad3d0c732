package import FoundationEssentials

/// Where the sandbox takes the time from, and how it waits; tests pass their own.
package struct SandboxClock: Sendable {
    package let now: @Sendable () -> Date
    package let sleep: @Sendable (_ seconds: Double) async throws -> Void

    package init(now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    package static let system = SandboxClock(now: { Date.now }, sleep: { try await Task.sleep(for: .seconds($0)) })
}
