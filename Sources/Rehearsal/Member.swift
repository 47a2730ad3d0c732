import Glibc
import Synchronization

/// One process that always runs: when it ends, for whatever reason, it is started again a second later, as a container engine would.
package final class Member: Sendable {
    package struct End: Sendable {
        package let name: ProcessName
        package let exit: ChildProcess.Exit
        /// Nobody asked for it.
        package let isUncalledFor: Bool
    }

    private struct State {
        var child: ChildProcess?
        var isStopping = false
        /// The ends that somebody asked for.
        var expected: Set<ChildProcess.Exit> = []
        var ends: [End] = []
        var starts = 0
    }

    static let restartPause = Duration.seconds(1)

    package let name: ProcessName
    private let program: String
    private let environment: [String: String]
    private let log: String
    private let state = Mutex(State())

    package init(_ name: ProcessName, program: String, environment: [String: String], log: String) {
        self.name = name
        self.program = program
        self.environment = environment
        self.log = log
    }

    package var child: ChildProcess? { state.withLock { $0.child } }
    package var ends: [End] { state.withLock { $0.ends } }

    /// Keeps it running until `stop`.
    package func run() async throws {
        while true {
            let child = try state.withLock { state -> ChildProcess? in
                guard !state.isStopping else { return nil }
                let child = try ChildProcess(program, environment: environment, log: log)
                state.child = child
                state.expected = []
                state.starts += 1
                return child
            }
            guard let child else { return }
            let exit = await child.exit()
            state.withLock { state in
                state.child = nil
                state.ends.append(End(name: name, exit: exit, isUncalledFor: !state.expected.contains(exit)))
            }
            try await Task.sleep(for: Self.restartPause)
        }
    }

    /// - Returns: false when it does not run.
    package func kill() -> Bool { end(SIGKILL, expecting: .signal(SIGKILL)) }

    /// Asks it to end; it must do so with status 0.
    package func terminate() -> Bool { end(SIGTERM, expecting: .status(0)) }

    private func end(_ signal: Int32, expecting exit: ChildProcess.Exit) -> Bool {
        state.withLock { state in
            guard let child = state.child else { return false }
            state.expected.insert(exit)
            child.send(signal)
            return true
        }
    }

    /// Stops the process that runs now for a while; one that is started meanwhile runs.
    package func freeze(for duration: Duration) async throws {
        guard let child else { return }
        child.send(SIGSTOP)
        defer { child.send(SIGCONT) }
        try await Task.sleep(for: duration)
    }

    /// Ends it for good: SIGTERM, and SIGKILL to one that does not go.
    package func stop() async {
        state.withLock { state in
            state.isStopping = true
            state.expected.insert(.status(0))
        }
        guard let child else { return }
        child.send(SIGCONT)
        child.send(SIGTERM)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: .seconds(30))) != nil else { return }
                child.send(SIGKILL)
            }
            _ = await child.exit()
            group.cancelAll()
        }
    }
}
