import Domain

extension Array where Element: Sendable {
    /// The elements in the order in which rows are locked. Their keys are sorted, not they themselves: each is copied once.
    func inKeyOrder(_ key: (Element) -> OrderKey) -> [Element] {
        enumerated().map { (key: key($0.element), place: $0.offset) }.sorted { $0.key < $1.key }.map { self[$0.place] }
    }
}
