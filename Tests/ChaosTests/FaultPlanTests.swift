import Chaos
import Testing

@Suite("The plan of a storm")
struct FaultPlanTests {
    @Test("is a function of its seed")
    func seeded() {
        #expect(FaultPlan(seed: 7, duration: 300) == FaultPlan(seed: 7, duration: 300))
        #expect(FaultPlan(seed: 7, duration: 300) != FaultPlan(seed: 8, duration: 300))
    }

    @Test("has every kind of fault at least once in a minute", arguments: 1...20 as ClosedRange<UInt64>)
    func everyKind(seed: UInt64) {
        #expect(Set(FaultPlan(seed: seed, duration: 60).faults.map(\.kind)) == Set(FaultKind.allCases))
    }

    @Test("has hundreds of faults in ten minutes, each kind at least five times", arguments: 1...20 as ClosedRange<UInt64>)
    func hundreds(seed: UInt64) {
        let faults = FaultPlan(seed: seed, duration: 600).faults
        #expect(faults.count > 200)
        for kind in FaultKind.allCases { #expect(faults.count { $0.kind == kind } >= 5, "\(kind)") }
    }

    @Test("that hardly took place proves nothing; in a short one a kind may find nobody to strike")
    func lull() {
        let plan = FaultPlan(seed: 1, duration: 600)
        var struck = plan.faults.reduce(into: [FaultKind: Int]()) { $0[$1.kind, default: 0] += 1 }
        #expect(Judge.lull(plan, struck: struck).isEmpty)
        struck[.queueDeleted] = 3
        #expect(Judge.lull(plan, struck: struck).isEmpty)
        struck[.queueDeleted] = 2
        #expect(Judge.lull(plan, struck: struck).map(\.check) == [.storm])
        #expect(Judge.lull(plan, struck: [:]).count == FaultKind.allCases.count)
        #expect(Judge.lull(FaultPlan(seed: 1, duration: 60), struck: [:]).isEmpty)
    }

    @Test("strikes within its time, and in order", arguments: [60, 180, 600] as [Double])
    func withinTime(duration: Double) {
        let times = FaultPlan(seed: 3, duration: duration).faults.map(\.at)
        #expect(times == times.sorted())
        #expect(times.allSatisfy { (0...duration).contains($0) })
    }
}
