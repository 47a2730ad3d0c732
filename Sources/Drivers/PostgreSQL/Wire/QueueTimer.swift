import Dispatch

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
