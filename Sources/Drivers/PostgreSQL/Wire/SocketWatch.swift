import Dispatch
import Glibc

/// Calls back on a queue whenever a socket is readable (or writable), until it is let go.
///
/// It watches a duplicate of the descriptor: libpq closes its own as soon as it sees the other side gone, and a number that is
/// closed (and given to another connection) under a live dispatch source would confuse the event loop.
final class SocketWatch {
    enum Readiness { case readable, writable }

    private let source: any DispatchSourceProtocol

    init?(_ readiness: Readiness, of descriptor: Int32, on queue: DispatchQueue, handler: @escaping () -> Void) {
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return nil }
        source =
            switch readiness {
            case .readable: DispatchSource.makeReadSource(fileDescriptor: duplicate, queue: queue)
            case .writable: DispatchSource.makeWriteSource(fileDescriptor: duplicate, queue: queue)
            }
        source.setEventHandler(handler: handler)
        source.setCancelHandler { close(duplicate) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Whether there is something to read now: data, or the end.
    static func hasNews(_ descriptor: Int32) -> Bool {
        guard descriptor >= 0 else { return false }
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }
}

/// A timer on a queue that ends with its owner.
final class QueueTimer {
    private let source: any DispatchSourceTimer

    init(on queue: DispatchQueue, handler: @escaping () -> Void) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler(handler: handler)
        source.activate()
    }

    deinit { source.cancel() }

    func fire(at deadline: DispatchTime) { source.schedule(deadline: deadline) }

    func fire(every interval: Duration) {
        source.schedule(deadline: .now() + interval.dispatchInterval, repeating: interval.dispatchInterval)
    }
}

extension Duration {
    var dispatchInterval: DispatchTimeInterval { .milliseconds(milliseconds) }
}
