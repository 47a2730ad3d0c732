import FoundationEssentials

/// What will happen later, in order of time; what falls on the same moment happens in the order in which it was planned.
///
/// Nothing runs by itself: whoever looks at a world first lets everything happen that is due, so a run depends on its clock
/// and seed alone.
struct Schedule<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        let due: Date
        let number: Int
        let event: Event

        func precedes(_ other: Entry) -> Bool {
            (due, number) < (other.due, other.number)
        }
    }

    private var heap: [Entry] = []
    private var planned = 0

    mutating func plan(_ event: Event, at due: Date) {
        planned += 1
        heap.append(Entry(due: due, number: planned, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest event that is due at `now`.
    mutating func next(dueAt now: Date) -> (event: Event, due: Date)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.event, first.due)
    }
}
