import Bench
import Testing

@Suite("Memory growth")
struct MemoryGrowthTests {
    @Test("compares the median of the second sixth with that of the last")
    func medians() throws {
        var growth = MemoryGrowth()
        for minute in 0..<60 {
            let bytes = 10_000 + minute * 100 + (minute.isMultiple(of: 10) ? 5_000 : 0)
            growth.add("ship", bytes: bytes, at: Double(minute) / 60)
        }
        let worst = try #require(growth.worst)
        #expect(worst.bytes == 4_000)
    }

    @Test("takes no notice of how a process swings, or of what it takes once")
    func swings() {
        var growth = MemoryGrowth()
        for minute in 0..<60 {
            growth.add("ack", bytes: minute < 9 ? 1_000 : [14_000, 18_000, 22_000][minute % 3], at: Double(minute) / 60)
        }
        #expect(growth.worst?.bytes == 0)
    }

    @Test("names the process that grew most")
    func worst() {
        var growth = MemoryGrowth()
        for (share, ack, ship) in [(0.2, 5, 9), (0.9, 7, 8)] {
            growth.add("ack", bytes: ack, at: share)
            growth.add("ship", bytes: ship, at: share)
        }
        #expect(growth.worst?.process == "ack")
        #expect(growth.worst?.bytes == 2)
    }

    @Test("is unknown where a process was not seen in both spans")
    func unknown() {
        var growth = MemoryGrowth()
        growth.add("pull", bytes: 1, at: 0.9)
        #expect(growth.worst == nil)
    }
}
