import CPostgres
import Dispatch

/// Asks the server, over a connection of its own, to stop what a session is doing.
///
/// `@unchecked` because a `PGcancel` is a pointer. It is a copy of the address and the session's key, made for use from other
/// threads, and never changes; it is freed when no one can use it any more.
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Taken before the request is sent, while the session is certain to be alive.
    init?(_ session: LibpqSession) {
        guard let pointer = PQgetCancel(session.pointer) else { return nil }
        self.pointer = pointer
    }

    deinit { PQfreeCancel(pointer) }

    /// Runs on a thread of its own, as it blocks until the server has passed the request on, then calls back.
    func send(then done: @escaping @Sendable () -> Void) {
        DispatchQueue.global().async {
            var words = [CChar](repeating: 0, count: 256)
            // A failure changes nothing: the connection's deadline ends what could not be cancelled.
            _ = PQcancel(self.pointer, &words, Int32(words.count))
            done()
        }
    }
}
