import Bench
import Testing

@Suite("Samples")
struct SamplesTests {
    @Test(
        "have the value that so many percent do not exceed",
        arguments: [(0.0, 1.0), (1, 1), (50, 50), (95, 95), (99, 99), (99.5, 100), (100, 100)])
    func percentile(percent: Double, value: Double) {
        #expect(Samples((1...100).map(Double.init).shuffled()).percentile(percent) == value)
    }

    @Test("of one value are that value")
    func one() {
        let samples = Samples([7])
        #expect([samples.least, samples.median, samples.percentile(99), samples.most] == [7, 7, 7, 7])
    }

    @Test("of nothing meet no goal")
    func none() {
        #expect(!Goal.below(20).isMet(by: Samples([]).percentile(99)))
    }
}
