package import Dispatch

/// The executor of an actor that owns a connection of a C library.
///
/// Neither librabbitmq nor libpq may be entered by two threads at once, and both may block for a moment. An actor on this executor
/// gets the first from the compiler, and keeps the second away from the shared pool: everything isolated to it runs on `queue`.
/// Dispatch sources made with the same `queue` enter the actor by `assumeIsolated`.
package final class SerialQueueExecutor: SerialExecutor {
    /// The serial queue that all isolated code runs on.
    package let queue: DispatchQueue

    /// - Parameters:
    ///   - label: names the queue, and so its thread, in debuggers and crash reports.
    ///   - target: the queue whose thread it runs on, with whatever else has that target; by default one of its own.
    package init(label: String, target: DispatchQueue? = nil) {
        queue = DispatchQueue(label: label, target: target)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
