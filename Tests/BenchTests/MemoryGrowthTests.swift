import Bench
import Testing

@Suite("Memory growth")
struct MemoryGrowthTests {
    @Test("is what a steady leak comes to over the whole time, by medians, whatever single moments show")
    func medians() throws {
        var growth = MemoryGrowth()
        for minute in 0..<60 {
            let bytes = minute == 52 ? 0 : minute == 57 ? 50_000 : 10_000 + minute * 100
            growth.add("ship", bytes: bytes, at: Double(minute) / 60)
        }
        // The late median is the 54th minute's, with the 52nd below it and the 57th above.
        let worst = try #require(growth.worst)
        #expect(abs(worst.bytes - 6_000) < 1)
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
        #expect(growth.worst.map { abs($0.bytes - 3) < 0.001 } == true)
    }

    @Test("is unknown where a process was not seen in both spans")
    func unknown() {
        var growth = MemoryGrowth()
        growth.add("pull", bytes: 1, at: 0.9)
        #expect(growth.worst == nil)
    }
}
