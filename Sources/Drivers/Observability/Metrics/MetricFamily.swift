/// All series of one metric.
struct MetricFamily {
    enum Kind: String {
        case counter, gauge, histogram
    }

    enum Series {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    let kind: Kind
    private(set) var series: [LabelSet: Series] = [:]
    /// How often a series was asked for and could not be given under its own labels.
    private(set) var refused = 0

    init(kind: Kind) {
        self.kind = kind
    }

    mutating func series(_ labels: LabelSet, kind: Kind, limit: Int, make: () -> Series) -> Series? {
        guard kind == self.kind else {
            refused += 1
            return nil
        }
        if let known = series[labels] { return known }
        guard series.count >= limit else { return add(labels, make) }
        refused += 1
        guard kind != .gauge else { return nil }
        return series[labels.other] ?? add(labels.other, make)
    }

    private mutating func add(_ labels: LabelSet, _ make: () -> Series) -> Series {
        let made = make()
        series[labels] = made
        return made
    }

    func write(name: String, help: String?, to page: inout String) {
        if let help {
            page += "# HELP \(name) \(MetricName.escaped(help, quotes: false))\n"
        }
        page += "# TYPE \(name) \(kind.rawValue)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): page += "\(name)\(labels.text) \(MetricName.number(counter.value))\n"
            case .gauge(let gauge): page += "\(name)\(labels.text) \(MetricName.number(gauge.value))\n"
            case .histogram(let histogram): histogram.snapshot().write(name: name, labels: labels, to: &page)
            }
        }
    }
}
