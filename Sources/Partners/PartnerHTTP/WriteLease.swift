/// What a write's permission to send hangs on beside its time: the locks under which it was decided (design 4 and 7).
///
/// A worker that froze past the death of its lock session may wake up in the middle of a call, with time left on its permit. It asks
/// here directly before the bytes go out, and after every wait.
package struct WriteLease: Sendable {
    /// Of the run that the task belongs to. A struct around the function: the optimizer of Swift 6.3 passes no type for a task-local value
    /// that is itself a function, and the process crashes.
    @TaskLocal package static var current = WriteLease { true }

    private let isHeldNow: @Sendable () -> Bool

    /// - Parameter isHeld: whether the locks are certainly still held; must not wait for anything.
    package init(isHeld: @escaping @Sendable () -> Bool) { isHeldNow = isHeld }

    package static var isHeld: Bool { current.isHeldNow() }
}
