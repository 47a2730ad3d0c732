import Testing

@testable import Observability

@Suite("Prometheus's spelling")
struct MetricNameTests {
    @Test(
        "of metric names",
        arguments: [
            ("conveyor_orders", nil, "conveyor_orders"), ("conveyor.run-time", "seconds", "conveyor_run_time_seconds"),
            ("orders_total", "total", "orders_total"), ("2xx", nil, "_2xx"), ("", nil, "_"), ("a:b", nil, "a:b"), ("é", nil, "_"),
        ] as [(String, String?, String)])
    func metric(label: String, unit: String?, name: String) {
        #expect(MetricName.metric(label, unit: unit) == name)
    }

    @Test(
        "of numbers",
        arguments: [
            (0, "0"), (-2, "-2"), (0.25, "0.25"), (1e15, "1000000000000000"), (1e300, "1e+300"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (.nan, "NaN"),
        ] as [(Double, String)])
    func number(value: Double, text: String) {
        #expect(MetricName.number(value) == text)
    }

    @Test("of labels: sorted, legal, escaped, each name once")
    func labels() {
        let labels = LabelSet([("b", "1"), ("a-b", "say \"hi\"\\\n"), ("le", "x"), ("b", "2")])
        #expect(labels.text == #"{a_b="say \"hi\"\\\n",b="2",le_="x"}"#)
        #expect(labels == LabelSet([("le", "x"), ("b", "2"), ("a-b", "say \"hi\"\\\n")]))
        #expect(LabelSet([]).text.isEmpty)
    }
}
