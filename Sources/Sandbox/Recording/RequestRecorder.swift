import Dispatch
import Glibc
import Synchronization

/// Keeps the partners' write requests as JSON Lines, `{"method","path","body"}`, the path below the base URL.
package final class RequestRecorder: Sendable {
    /// What is kept in memory; older requests make room.
    private static let limit = 128 << 20

    private struct State {
        var lines: [(partner: Partner, line: [UInt8])] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let file: File?

    private let isOn: Bool

    init(file path: String?, isOn: Bool = true) {
        self.isOn = isOn
        file = path.map { File(path: $0) }
    }

    func record(_ call: Call) {
        guard isOn, call.method != "GET", call.mediaType == "application/json", let body = try? Wire(call.body) else { return }
        let head: Wire = ["method": .string(call.method), "path": .string(call.path)]
        let line = head.bytes.dropLast() + Array(#","body":"#.utf8) + body.bytes + Array("}\n".utf8)
        if call.partner == .dsco { file?.append(Array(line)) }
        state.withLock { state in
            state.lines.append((call.partner, Array(line)))
            state.bytes += line.count
            guard state.bytes > Self.limit else { return }
            var old = 0
            while old < state.lines.count, state.bytes > Self.limit / 2 {
                state.bytes -= state.lines[old].line.count
                old += 1
            }
            state.lines.removeFirst(old)
        }
    }

    package func lines(of partner: Partner?) -> [UInt8] {
        state.withLock { state in
            state.lines.filter { partner == nil || $0.partner == partner }.flatMap(\.line)
        }
    }

    package func reset() {
        state.withLock { $0 = State() }
    }

    /// Appends on a queue of its own: file writes may block.
    private final class File: Sendable {
        private let path: String
        private let queue = DispatchQueue(label: "sandbox.recorder")

        init(path: String) {
            self.path = path
        }

        func append(_ line: [UInt8]) {
            queue.async { [path] in
                guard let file = fopen(path, "a") else { return }
                fwrite(line, 1, line.count, file)
                fclose(file)
            }
        }
    }
}
