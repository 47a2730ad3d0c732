import Dispatch
import NIOConcurrencyHelpers

/// Hands passes to those who wait, first come, first served. One pass makes a lock that may be held across suspensions; a pool's
/// passes are its connections.
final class Turnstile<Pass: Sendable>: Sendable {
    private typealias Continuation = CheckedContinuation<Result<Pass, PostgresError>, Never>

    private struct State: Sendable {
        var free: [Pass]
        var waiting: [(id: Int, continuation: Continuation)] = []
        var lastID = 0
        var closed: PostgresError?

        mutating func leave(_ id: Int) -> Continuation? {
            guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return waiting.remove(at: index).continuation
        }
    }

    private let state: NIOLockedValueBox<State>

    init(_ passes: [Pass]) {
        state = NIOLockedValueBox(State(free: passes))
    }

    /// Waits for a pass. Whoever takes one gives it back.
    ///
    /// - Parameter shielded: waits on although the task is cancelled: for what must be done in any case, such as a rollback.
    /// - Throws: `.cancelled`; `.timedOut` with `words` when none came within `limit`; the error the turnstile was closed with.
    func take(
        shielded: Bool = false, within limit: Duration? = nil, words: @autoclosure @escaping @Sendable () -> String = ""
    ) async throws(PostgresError) -> Pass {
        let id = state.withLockedValue { state in
            state.lastID += 1
            return state.lastID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Continuation) in
                let answer = state.withLockedValue { state -> Result<Pass, PostgresError>? in
                    if let closed = state.closed { return .failure(closed) }
                    // Checked under the lock: a task cancelled later finds itself among the waiting.
                    if !shielded, Task.isCancelled { return .failure(.cancelled) }
                    if state.waiting.isEmpty, let pass = state.free.popLast() { return .success(pass) }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { return continuation.resume(returning: answer) }
                guard let limit else { return }
                DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatchInterval) { [weak self] in
                    guard let waiter = self?.state.withLockedValue({ $0.leave(id) }) else { return }
                    waiter.resume(returning: .failure(PostgresError(.timedOut, words())))
                }
            }
        } onCancel: {
            guard !shielded else { return }
            state.withLockedValue { $0.leave(id) }?.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }

    /// A pass if one is free and no one waits.
    func takeAtOnce() -> Pass? {
        state.withLockedValue { $0.waiting.isEmpty && $0.closed == nil ? $0.free.popLast() : nil }
    }

    /// Gives a pass to the first who waits, or puts it back; a `spare` one is taken again only after all others.
    ///
    /// - Returns: the pass itself, if the turnstile is closed.
    @discardableResult
    func give(_ pass: Pass, spare: Bool = false) -> Pass? {
        let (waiter, refused): (Continuation?, Pass?) = state.withLockedValue { state in
            if state.closed != nil { return (nil, pass) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst().continuation, nil) }
            state.free.insert(pass, at: spare ? 0 : state.free.endIndex)
            return (nil, nil)
        }
        waiter?.resume(returning: .success(pass))
        return refused
    }

    /// Turns everyone away from now on, and hands over the passes that were free.
    func close(_ error: PostgresError) -> [Pass] {
        let (waiting, free) = state.withLockedValue { state in
            defer {
                state.waiting = []
                state.free = []
                state.closed = error
            }
            return (state.waiting, state.free)
        }
        for waiter in waiting { waiter.continuation.resume(returning: .failure(error)) }
        return free
    }
}
