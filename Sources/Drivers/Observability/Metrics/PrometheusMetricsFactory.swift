package import Metrics
import NIOConcurrencyHelpers

/// Keeps every metric of the process in memory, for ``exposition()`` to print as Prometheus reads it.
///
/// How swift-metrics maps: `Counter` and `FloatingPointCounter` → counter (`…_total`); `Meter` and `Gauge` → gauge; `Timer` →
/// histogram in seconds (`…_seconds`); `Recorder` → histogram of the recorded values. Characters that Prometheus does not allow
/// in names become `_`.
package final class PrometheusMetricsFactory: MetricsFactory {
    private let families = NIOLockedValueBox<[String: MetricFamily]>([:])
    private let help: [String: String]
    private let seriesLimit: Int

    /// - Parameters:
    ///   - help: one sentence a metric, by its printed name.
    ///   - seriesLimit: how many label sets a metric may have. Later ones share one series whose label values are all `other`
    ///     (a gauge's are dropped: the last of many values says nothing), so that a careless label cannot fill the memory.
    package init(help: [String: String] = [:], seriesLimit: Int = 500) {
        self.help = help
        self.seriesLimit = seriesLimit
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label: label, dimensions: dimensions)
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        counter(label: label, dimensions: dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label: label, dimensions: dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gauge(label: label, dimensions: dimensions) }
        return histogram(name: MetricName.metric(label), dimensions: dimensions, bounds: Histogram.sizes)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(name: MetricName.metric(label, unit: "seconds"), dimensions: dimensions, bounds: Histogram.seconds)
    }

    // A series stays when its handle goes: what a process counted is still true.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The text format 0.0.4, metrics and series in stable order.
    package func exposition() -> String {
        let families = families.withLockedValue { $0 }
        var page = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            family.write(name: name, help: help[name], to: &page)
        }
        let refusing = families.filter { $0.value.refused > 0 }.sorted { $0.key < $1.key }
        if !refusing.isEmpty {
            page += "# HELP metrics_series_refused_total Times a metric had no room for a series, or was used as another kind.\n"
            page += "# TYPE metrics_series_refused_total counter\n"
            for (name, family) in refusing {
                page += "metrics_series_refused_total{metric=\"\(name)\"} \(family.refused)\n"
            }
        }
        return page
    }

    private func counter(label: String, dimensions: [(String, String)]) -> Counter {
        let name = MetricName.metric(label, unit: "total")
        let series = series(name, dimensions, kind: .counter) { .counter(Counter()) }
        guard case .counter(let counter)? = series else { return Counter() }
        return counter
    }

    private func gauge(label: String, dimensions: [(String, String)]) -> Gauge {
        let series = series(MetricName.metric(label), dimensions, kind: .gauge) { .gauge(Gauge()) }
        guard case .gauge(let gauge)? = series else { return Gauge() }
        return gauge
    }

    private func histogram(name: String, dimensions: [(String, String)], bounds: [Double]) -> Histogram {
        let series = series(name, dimensions, kind: .histogram) { .histogram(Histogram(bounds: bounds)) }
        guard case .histogram(let histogram)? = series else { return Histogram(bounds: bounds) }
        return histogram
    }

    /// The series of these labels, made at first use; `nil` where there is no room or the name is of another kind. The caller
    /// then hands out a handler that nobody prints: a metric must never stop the work.
    private func series(
        _ name: String, _ dimensions: [(String, String)], kind: MetricFamily.Kind, make: () -> MetricFamily.Series
    ) -> MetricFamily.Series? {
        let labels = LabelSet(dimensions)
        return families.withLockedValue { families in
            families[name, default: MetricFamily(kind: kind)].series(labels, kind: kind, limit: seriesLimit, make: make)
        }
    }
}
