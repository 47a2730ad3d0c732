import Logging
import ServiceLifecycle
import Testing

/// Runs services while the body does, then stops them gracefully and waits for their end.
func withServices<Result: Sendable>(
    _ services: any Service..., body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        let group = ServiceGroup(configuration: .init(services: services.map { .init(service: $0) }, logger: quiet))
        tasks.addTask { try await group.run() }
        let result = try await body()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Polls until the condition holds.
func eventually(
    within timeout: Duration = .seconds(20), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while try await !condition() {
        if ContinuousClock.now >= deadline {
            Issue.record("not within \(timeout): \(what)", sourceLocation: sourceLocation)
            throw TimedOut()
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

struct TimedOut: Error {}

/// What handlers saw, in order.
actor Journal<Entry: Sendable> {
    private(set) var entries: [Entry] = []

    func note(_ entry: Entry) {
        entries.append(entry)
    }

    /// Waits until there are so many entries.
    nonisolated func first(
        _ count: Int, within timeout: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws
        -> [Entry]
    {
        try await eventually(within: timeout, "\(count) entries", sourceLocation: sourceLocation) { await entries.count >= count }
        return Array(await entries.prefix(count))
    }
}

/// A door that stays shut until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
