import CEpoll
import Dispatch
import Glibc
import NIOConcurrencyHelpers

/// The process's one thread that waits for sockets.
///
/// Dispatch's own sources are not used for them: on Linux its event loop may touch a source that has just been let go while many come and go
/// (swift-corelibs-libdispatch issue 949), and ends the process. Here an event carries a number, never an address, so that one of a watch
/// that is gone means nothing.
final class SocketPoller: Sendable {
    /// Made when first needed; `nil` as long as the system has no room for one.
    static var shared: SocketPoller? {
        made.withLockedValue { made in
            if made == nil { made = SocketPoller() }
            return made
        }
    }

    private static let made = NIOLockedValueBox<SocketPoller?>(nil)

    private struct Watched {
        let descriptor: Int32
        let events: UInt32
        let queue: DispatchQueue
        let handler: @Sendable () -> Void
    }

    private struct State {
        var lastID: UInt64 = 0
        var watched: [UInt64: Watched] = [:]
    }

    private let epoll: Int32
    /// Also held while the system is told: a descriptor is closed, and its number free, only after it is forgotten there.
    private let state = NIOLockedValueBox(State())

    private init?() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { return nil }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                SocketPoller.waitForEver()
                return nil
            }, nil)
        guard status == 0 else {
            close(epoll)
            return nil
        }
        pthread_detach(thread)
    }

    /// - Returns: the watch's number; `nil` when the system refuses it.
    func add(_ descriptor: Int32, events: UInt32, queue: DispatchQueue, handler: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLockedValue { state in
            state.lastID += 1
            let watched = Watched(descriptor: descriptor, events: events, queue: queue, handler: handler)
            guard control(EPOLL_CTL_ADD, watched, state.lastID) else { return nil }
            state.watched[state.lastID] = watched
            return state.lastID
        }
    }

    func remove(_ id: UInt64) {
        // Handed out of the lock: what its handler holds may be let go with it, and be a watch itself.
        _ = state.withLockedValue { state in
            let watched = state.watched.removeValue(forKey: id)
            if let watched {
                _ = control(EPOLL_CTL_DEL, watched, id)
                close(watched.descriptor)
            }
            return watched
        }
    }

    private static func waitForEver() {
        // Signals are for those who wait for them.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        guard let poller = shared else { return }
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(poller.epoll, &events, Int32(events.count), -1)
            for event in events.prefix(Int(max(count, 0))) { poller.call(event.data.u64) }
        }
    }

    /// An event comes once; the next is asked for after the handler has run, so that a busy queue is not flooded.
    private func call(_ id: UInt64) {
        guard let watched = watched(id) else { return }
        watched.queue.async {
            guard self.watched(id) != nil else { return }
            watched.handler()
            self.state.withLockedValue { state in
                if let watched = state.watched[id] { _ = self.control(EPOLL_CTL_MOD, watched, id) }
            }
        }
    }

    private func watched(_ id: UInt64) -> Watched? { state.withLockedValue { $0.watched[id] } }

    private func control(_ operation: Int32, _ watched: Watched, _ id: UInt64) -> Bool {
        var event = epoll_event(events: watched.events | EPOLLONESHOT.rawValue, data: epoll_data_t(u64: id))
        return epoll_ctl(epoll, operation, watched.descriptor, &event) == 0
    }
}
