/// The labels of one series, in Prometheus's spelling and sorted, so that the same labels are the same series.
struct LabelSet: Hashable, Comparable {
    private let pairs: [Pair]

    private struct Pair: Hashable {
        let name: String
        let value: String
    }

    /// Of labels with the same name the last one counts: Prometheus refuses a page that repeats one.
    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[MetricName.label(name)] = value }
        pairs = values.sorted { $0.key < $1.key }.map { Pair(name: $0.key, value: $0.value) }
    }

    private init(pairs: [Pair]) {
        self.pairs = pairs
    }

    /// The same label names with nothing told apart.
    var other: LabelSet { LabelSet(pairs: pairs.map { Pair(name: $0.name, value: "other") }) }

    /// `{a="1",b="2"}`, or nothing without labels.
    var text: String { text(adding: nil) }

    /// - Parameter bound: the upper bound of a histogram's bucket, printed last as `le`.
    func text(adding bound: String?) -> String {
        var parts = pairs.map { "\($0.name)=\"\(MetricName.escaped($0.value, quotes: true))\"" }
        if let bound { parts.append("le=\"\(bound)\"") }
        return parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool { left.text < right.text }
}
