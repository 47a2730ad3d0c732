import Domain
import FoundationEssentials
import Pipeline
import Store
import Synchronization
import Testing

@testable import Pull

@Suite("A window that a message names")
struct WindowTests {
    private static let since = Workshop.now.addingTimeInterval(-30 * 86_400)

    private func tick(since: Date = Self.since, until: Date = Workshop.now) -> Tick {
        Tick(id: "r", stage: .pull, trigger: .replay, window: Tick.Window(since: since, until: until))
    }

    @Test("longer than the run's time is carried on from where the run has got, in as many runs as it takes")
    func carriedOn() async throws {
        try await Workshop.run { shop in
            let replays = ReplayStore(shop.pool)
            var tick = tick(since: Workshop.now.addingTimeInterval(-2 * 86_400))
            _ = try await replays.create(
                "r", stage: .pull, filter: .window(try #require(tick.window)), requestedBy: "ann", reason: nil, now: Workshop.now)
            var (runs, done) = (0, 0)
            while let window = tick.window {
                // No time at all: each run reads one slice all the same.
                let result = try await shop.pull(tick, seconds: 0) { _ in Workshop.emptyPage }.result
                runs += 1
                try #require(runs <= 1000)
                guard result.workLeft else { break }
                let left = try #require(result.remainingWindow)
                #expect(left.since > window.since)
                #expect(left.until == window.until)
                if runs < 10 {
                    let row = try #require(try await replays.find("r"))
                    #expect(row.done > done)
                    done = row.done
                }
                tick.window = left
            }
            // An hour a run, of two days.
            #expect(runs == 49)
            let row = try #require(try await replays.find("r"))
            #expect(row.total - row.done <= 1)
        }
    }

    @Test("is read without a gap, both sweeps, in ever longer slices as long as it goes quickly")
    func slices() async throws {
        try await Workshop.run { shop in
            let asked = Mutex<[String]>([])
            let result = try await shop.pull(tick()) { url in
                asked.withLock { $0.append(url) }
                return Workshop.emptyPage
            }.result
            #expect(result == RunResult(end: .done))
            let urls = asked.withLock { $0 }
            for sweep in ["Created", "Updated"] {
                let bounds = urls.compactMap { url -> (Date, Date)? in
                    guard let since = url.bound("orders\(sweep)Since"), let until = url.bound("until") else { return nil }
                    return (since, until)
                }
                #expect(bounds.count == 11)
                #expect(bounds.first?.0 == Self.since)
                #expect(bounds.last?.1 == Workshop.now.addingTimeInterval(-10))
                for (early, late) in zip(bounds, bounds.dropFirst()) { #expect(late.0 == early.1.addingTimeInterval(-1)) }
            }
        }
    }

    @Test("whose scroll DSCO forgets is read again in shorter slices")
    func forgotten() async throws {
        try await Workshop.run { shop in
            let result = try await shop.pull(tick(until: Self.since.addingTimeInterval(3600))) { url in
                if url.contains("scrollId") { return (404, "gone") }
                guard let since = url.bound("ordersCreatedSince") ?? url.bound("ordersUpdatedSince"),
                    let until = url.bound("until")
                else { return (500, "") }
                // More than a page as long as the slice is over ten minutes.
                return until.timeIntervalSince(since) > 600
                    ? (200, #"{"scrollId":"S","orders":[\#(Workshop.order("1"))]}"#) : Workshop.emptyPage
            }.result
            #expect(result == RunResult(end: .done))
        }
    }

    @Test("keeps what it has when DSCO fails on the way; a run that gets nowhere fails")
    func failing() async throws {
        try await Workshop.run { shop in
            let calls = Mutex(0)
            let result = try await shop.pull(tick()) { _ in
                calls.withLock { calls in
                    calls += 1
                    return calls > 4 ? (503, "") : Workshop.emptyPage
                }
            }.result
            #expect(result.end == .done)
            #expect(result.workLeft)
            #expect(result.remainingWindow?.since == Self.since.addingTimeInterval(3600 - 1 + 7200 - 1))
            await #expect(throws: (any Error).self) { try await shop.pull(tick()) { _ in (503, "") } }
        }
    }

    @Test("is left as it is by a run that is asked to stop")
    func stopping() async throws {
        try await Workshop.run { shop in
            let result = try await shop.pull(tick(), isStopping: { true }) { _ in Workshop.emptyPage }.result
            #expect(result.remainingWindow == tick().window)
            #expect(result.workLeft)
        }
    }
}
