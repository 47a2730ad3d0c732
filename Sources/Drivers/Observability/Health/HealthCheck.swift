/// One thing that must be fine before a process is ready: its broker, its database, its schema.
package struct HealthCheck: Sendable {
    package enum Result: Sendable, Equatable {
        case ok
        /// The reason is shown to anyone who can reach the port: harmless words only.
        case failing(reason: String)
    }

    package let name: String
    private let run: @Sendable () async -> Result

    /// - Parameter run: must end soon after its task is cancelled; that is how the time-out ends it.
    package init(name: String, run: @escaping @Sendable () async -> Result) {
        self.name = name
        self.run = run
    }

    /// The result, or a failure when there is none within `timeout`.
    func result(within timeout: Duration) async -> Result {
        await withTaskGroup(of: Result?.self) { group in
            group.addTask { await run() }
            group.addTask {
                // Cancelled when the check answered first: then nobody reads this.
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failing(reason: "no answer within \(timeout)")
        }
    }
}
