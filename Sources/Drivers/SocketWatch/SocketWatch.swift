import CEpoll
package import Dispatch
import Glibc

/// Calls back on a queue whenever a socket is readable (or writable), or ended, until it is let go.
///
/// It watches a duplicate of the descriptor: libpq and librabbitmq close their own as soon as they see the other side gone, and the number
/// may be given to another connection at once.
package final class SocketWatch: Sendable {
    package enum Readiness: Sendable { case readable, writable }

    private let id: UInt64

    /// - Parameter handler: not called any more once the watch is let go on the queue.
    /// - Returns: `nil` when the process has no descriptor left.
    package init?(_ readiness: Readiness, of descriptor: Int32, on queue: DispatchQueue, handler: @escaping @Sendable () -> Void)
    {
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return nil }
        let events = readiness == .readable ? EPOLLIN.rawValue : EPOLLOUT.rawValue
        guard let id = SocketPoller.shared?.add(duplicate, events: events, queue: queue, handler: handler) else {
            close(duplicate)
            return nil
        }
        self.id = id
    }

    deinit { SocketPoller.shared?.remove(id) }

    /// Whether there is something to read now: data, or the end.
    package static func hasNews(_ descriptor: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }
}
