import Testing

@testable import Composition

@Suite("Memory goes back to the system")
struct MemoryReturnTests {
    @Test(
        "at every turn in which the process rests, at each seventh while it works",
        arguments: [
            ([], []),
            // An idle worker pings, renews and listens.
            ([0.01, 0.01, 0], [true, true, true]),
            ([1.5], [false]),
            ([1.5, 0.01, 1.5, 1.5], [false, true, false, false]),
            (Array(repeating: 2, count: 15), (1...15).map { $0.isMultiple(of: 7) }),
            // A pool of threads uses more CPU than time passes.
            ([8, 8, 0.05], [false, false, true]),
        ] as [([Double], [Bool])])
    func turns(used: [Double], isTime: [Bool]) {
        var rest = MemoryReturn.Rest()
        var cpu = 0.0
        let seen = used.map { used in
            cpu += used
            return rest.isTime(cpu: cpu)
        }
        #expect(seen == isTime)
    }
}
