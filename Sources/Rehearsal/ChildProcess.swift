import Dispatch
package import Glibc
import Synchronization

/// One child process. What it writes is appended to a file, so that it outlives a kill.
package final class ChildProcess: Sendable {
    package enum Exit: Sendable, Hashable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        package var description: String {
            switch self {
            case .status(let status): "exit status \(status)"
            case .signal(let signal): "signal \(signal)"
            }
        }
    }

    package struct NotStarted: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var exit: Exit?
        var waiting: [CheckedContinuation<Exit, Never>] = []
    }

    package let pid: pid_t
    private let state = Mutex(State())

    /// - Parameters:
    ///   - program: the path of an executable.
    ///   - log: gets what it writes, on both outputs.
    package init(_ program: String, _ arguments: [String] = [], environment: [String: String], log: String) throws(NotStarted) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a Swift program block signals, and a child would inherit that: SIGTERM could not end it.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        guard access(program, X_OK) == 0 else { throw NotStarted(description: "\(program) is not an executable file") }
        var words = (["bash", "-c", Self.withoutOurDescriptors, program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, "/bin/bash", &actions, &attributes, &words, &variables)
        guard failure == 0 else {
            throw NotStarted(description: "\(program) could not be started: \(String(cString: strerror(failure)))")
        }
        self.pid = pid
        // Waiting blocks, so it has a thread of its own.
        DispatchQueue(label: "child.\(pid)").async { [self] in reap() }
    }

    /// A connection of the storm's proxies that a child held open too would not end when they cut it.
    private static let withoutOurDescriptors =
        #"for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd <= 2)) || eval "exec $fd>&-"; done; exec "$0" "$@""#

    /// Does nothing when the process has ended: its number may be another's by then.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if state.exit == nil { kill(pid, signal) }
        }
    }

    package var isRunning: Bool { state.withLock { $0.exit == nil } }

    /// Waits for its end.
    package func exit() async -> Exit {
        await withCheckedContinuation { continuation in
            let exit = state.withLock { state in
                if state.exit == nil { state.waiting.append(continuation) }
                return state.exit
            }
            if let exit { continuation.resume(returning: exit) }
        }
    }

    private func reap() {
        // Looked at first and reaped under the lock, so that no signal can reach a stranger in between.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (exit, waiting) = state.withLock { state in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let signal = status & 0x7F
            let exit: Exit = signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
            state.exit = exit
            defer { state.waiting = [] }
            return (exit, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: exit) }
    }
}
