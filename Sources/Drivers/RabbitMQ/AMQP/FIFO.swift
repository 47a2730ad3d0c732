/// A queue whose `popFirst` costs the same however long it is.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes out all that fulfil the condition, in order.
    mutating func take(where condition: (Element) -> Bool) -> [Element] {
        let all = elements[head...].compactMap { $0 }
        guard all.contains(where: condition) else { return [] }
        elements = all.filter { !condition($0) }
        head = 0
        return all.filter(condition)
    }
}
