import Foundation
import Testing

@testable import Observability

@Suite("Process statistics")
struct ProcessStatisticsTests {
    @Test("are read past any program name")
    func parsing() throws {
        let stat =
            "42 (push) worker (x) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 12345 99999999 300 18446744073709551615 1 1 0"
        let read = try #require(ProcessStatistics(stat: stat, bootTime: 1000, openFiles: 7, ticks: 100, pageSize: 4096))
        #expect(read.cpuSeconds == 3)
        #expect(read.startTime == 1123.45)
        #expect(read.residentBytes == 300 * 4096)
        #expect(read.openFiles == 7)
        #expect(read.exposition().contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 3\n"))
    }

    @Test("are absent where the text is not what Linux writes", arguments: ["", "42 (x) S 1 2 3", "no brackets at all"])
    func unreadable(stat: String) {
        #expect(ProcessStatistics(stat: stat, bootTime: 0, openFiles: 0, ticks: 100, pageSize: 4096) == nil)
    }

    @Test("of this process are plausible")
    func current() throws {
        let now = try #require(ProcessStatistics.current())
        #expect(now.residentBytes > 1_000_000)
        #expect(now.openFiles >= 3)
        #expect(now.startTime > 1_600_000_000)
        #expect(now.startTime <= Date().timeIntervalSince1970 + 1)
    }
}
