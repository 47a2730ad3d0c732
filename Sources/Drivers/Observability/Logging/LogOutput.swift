import Glibc
import NIOConcurrencyHelpers

/// Where log lines go. Lines written at the same time by several threads never mix.
package struct LogOutput: Sendable {
    /// Whether a person reads along, which decides the default format and the use of colour.
    package let isTerminal: Bool
    /// Takes one whole line, its newline included.
    package let write: @Sendable (String) -> Void

    package init(isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// Standard error: standard output belongs to what a command prints.
    package static let standardError = LogOutput(descriptor: STDERR_FILENO)

    /// A file descriptor that stays open as long as the output is used.
    init(descriptor: Int32) {
        let lock = NIOLock()
        self.init(isTerminal: isatty(descriptor) == 1) { line in
            var line = line
            lock.withLock {
                line.withUTF8 { Self.writeAll($0, to: descriptor) }
            }
        }
    }

    /// One `write` a line as a rule; more only when the kernel takes a part. A log that cannot be written is given up: there is
    /// nowhere left to say so, and it must not stop the work.
    private static func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            } else if errno == EAGAIN {
                // Someone made the descriptor non-blocking (a shared terminal): wait for room, but not for ever.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard Glibc.poll(&poll, 1, 1000) > 0 else { return }
            } else if errno != EINTR {
                return
            }
        }
    }
}
