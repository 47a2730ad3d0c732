import Domain

extension Judge {
    /// Where the timeline does not lead step by step from the order's first status to the one it is at (design 9.3).
    package static func steps(_ order: Evidence.Order) -> [String] {
        guard let row = order.row else { return [] }
        var status: OrderStatus?
        var faults: [String] = []
        for step in order.steps {
            guard let (from, to) = move(step, at: status) else {
                faults.append("\"\(step.kind.rawValue) \(step.text)\" is no step")
                continue
            }
            if from != status { faults.append("goes \(from.name) → \(to.rawValue), but stood at \(status.name)") }
            if step.kind == .advanced, to != from?.next { faults.append("goes \(from.name) → \(to.rawValue) in one step") }
            status = to
        }
        if status != row.status { faults.append("its timeline ends at \(status.name), it is at \(row.status.rawValue)") }
        return faults
    }

    private static func move(_ step: Evidence.Step, at status: OrderStatus?) -> (from: OrderStatus?, to: OrderStatus)? {
        // "new at status 1", "1 → 2", "1 → 3: a person's reason"
        let numbers = step.text.prefix { $0 != ":" }.split { !$0.isNumber }.compactMap { Int($0) }.compactMap(OrderStatus.init)
        return switch (step.kind, numbers.count) {
        case (.pulled, 1): (nil, numbers[0])
        case (.advanced, 2), (.statusSet, 2): (numbers[0], numbers[1])
        case (.cancelled, _): (status, .cancelled)
        default: nil
        }
    }
}

extension OrderStatus? {
    fileprivate var name: String { map { "\($0.rawValue)" } ?? "nowhere" }
}
