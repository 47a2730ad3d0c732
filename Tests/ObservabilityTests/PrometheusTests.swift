import Metrics
import Testing

@testable import Observability

@Suite("The Prometheus page")
struct PrometheusTests {
    private let factory = PrometheusMetricsFactory(help: ["orders_total": "Orders, by \\ stage.\nAll."], seriesLimit: 3)

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Metrics.Counter {
        Metrics.Counter(label: label, dimensions: dimensions, factory: factory)
    }

    @Test("prints counters, gauges and histograms in stable order")
    func page() {
        Metrics.Gauge(label: "queue.depth", dimensions: [], factory: factory).record(7.5)
        counter("orders", [("stage", "push")]).increment(by: 2)
        counter("orders", [("stage", "ack")]).increment()
        counter("orders", [("stage", "push")]).increment()
        Meter(label: "in_flight", dimensions: [], factory: factory).increment(by: 3)
        FloatingPointCounter(label: "cost", dimensions: [], factory: factory).increment(by: 0.5)
        #expect(
            factory.exposition() == """
                # TYPE cost_total counter
                cost_total 0.5
                # TYPE in_flight gauge
                in_flight 3
                # HELP orders_total Orders, by \\\\ stage.\\nAll.
                # TYPE orders_total counter
                orders_total{stage="ack"} 1
                orders_total{stage="push"} 3
                # TYPE queue_depth gauge
                queue_depth 7.5

                """)
    }

    @Test("counts a timer's durations in cumulative buckets of seconds")
    func timer() {
        let timer = Metrics.Timer(label: "call", dimensions: [("partner", "dsco")], factory: factory)
        for milliseconds in [1, 2, 700, 400_000] { timer.recordMilliseconds(milliseconds) }
        let lines = factory.exposition().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE call_seconds histogram")
        #expect(lines.contains(#"call_seconds_bucket{partner="dsco",le="0.001"} 1"#))
        #expect(lines.contains(#"call_seconds_bucket{partner="dsco",le="0.005"} 2"#))
        #expect(lines.contains(#"call_seconds_bucket{partner="dsco",le="0.5"} 2"#))
        #expect(lines.contains(#"call_seconds_bucket{partner="dsco",le="1"} 3"#))
        #expect(lines.contains(#"call_seconds_bucket{partner="dsco",le="300"} 3"#))
        #expect(
            lines.suffix(3) == [
                #"call_seconds_bucket{partner="dsco",le="+Inf"} 4"#, #"call_seconds_sum{partner="dsco"} 400.703"#,
                #"call_seconds_count{partner="dsco"} 4"#,
            ])
    }

    @Test("counts a recorder's values, and leaves out what is no number")
    func recorder() {
        let recorder = Recorder(label: "batch", dimensions: [], aggregate: true, factory: factory)
        recorder.record(50)
        recorder.record(Double.nan)
        recorder.record(Double.infinity)
        let page = factory.exposition()
        #expect(page.contains("batch_bucket{le=\"20\"} 0\nbatch_bucket{le=\"50\"} 1\n"))
        #expect(page.hasSuffix("batch_sum 50\nbatch_count 1\n"))
    }

    @Test("lets no counter shrink")
    func monotonic() {
        let handler = factory.makeCounter(label: "orders", dimensions: [])
        handler.increment(by: 5)
        handler.increment(by: -3)
        #expect(factory.exposition().contains("orders_total 5\n"))
    }

    @Test("puts label sets beyond the limit into one series, and says so")
    func seriesLimit() {
        for po in 1...10 { counter("orders", [("po", "PO-\(po)")]).increment() }
        let page = factory.exposition()
        #expect(page.contains("orders_total{po=\"PO-3\"} 1\n"))
        #expect(!page.contains("PO-4"))
        #expect(page.contains("orders_total{po=\"other\"} 7\n"))
        #expect(page.contains("metrics_series_refused_total{metric=\"orders_total\"} 7\n"))
    }

    @Test("drops gauges beyond the limit")
    func gaugeLimit() {
        for shard in 1...5 { Meter(label: "lag", dimensions: [("shard", "\(shard)")], factory: factory).set(shard) }
        let page = factory.exposition()
        #expect(page.contains("lag{shard=\"3\"} 3\n"))
        #expect(!page.contains("shard=\"4\"") && !page.contains("shard=\"other\""))
        #expect(page.contains("metrics_series_refused_total{metric=\"lag\"} 2\n"))
    }

    @Test("keeps the first kind of a name, and the program running")
    func kindConflict() {
        Meter(label: "load", dimensions: [], factory: factory).set(1)
        Recorder(label: "load", dimensions: [], aggregate: true, factory: factory).record(9)
        let page = factory.exposition()
        #expect(page.contains("# TYPE load gauge\nload 1\n"))
        #expect(!page.contains("load_bucket"))
        #expect(page.contains("metrics_series_refused_total{metric=\"load\"} 1\n"))
    }

    @Test("counts exactly under many hands")
    func concurrency() async {
        await withTaskGroup { group in
            for worker in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { counter("orders", [("worker", "\(worker % 2)")]).increment() }
                }
            }
        }
        let page = factory.exposition()
        #expect(page.contains("orders_total{worker=\"0\"} 4000\n"))
        #expect(page.contains("orders_total{worker=\"1\"} 4000\n"))
    }
}
