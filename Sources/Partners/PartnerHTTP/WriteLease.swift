/// What a write's permission to send hangs on beside its time: the locks under which it was decided (design 4 and 7).
///
/// A worker that froze past the death of its lock session may wake up in the middle of a call, with time left on its permit. It asks
/// here directly before the bytes go out, and after every wait.
package enum WriteLease {
    /// Whether the locks are certainly still held; must not wait for anything.
    @TaskLocal package static var isHeld: @Sendable () -> Bool = { true }
}
