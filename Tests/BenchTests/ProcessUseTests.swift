import Bench
import Testing

@Suite("What a process has used")
struct ProcessUseTests {
    private let stat = "4711 (a (strange) name) S 1 4711 4711 0 -1 4194304 1000 0 0 0 250 50 0 0 20 0 9 0 123456 99999 800"
    private let status = "Name:\tpull-worker\nVmRSS:\t   30000 kB\nRssAnon:\t   11500 kB\nRssFile:\t 18500 kB\n"

    @Test("is its user and system time, and its private memory")
    func read() throws {
        let use = try #require(ProcessUse(stat: stat, status: status, ticks: 100))
        #expect(use.cpu == 3)
        #expect(use.privateBytes == 11500 * 1024)
    }

    @Test("is nothing where Linux says nothing", arguments: ["", "4711 (x) Z 1"])
    func unreadable(stat: String) {
        #expect(ProcessUse(stat: stat, status: status, ticks: 100) == nil)
        #expect(ProcessUse(stat: self.stat, status: "Name: x", ticks: 100) == nil)
    }
}
