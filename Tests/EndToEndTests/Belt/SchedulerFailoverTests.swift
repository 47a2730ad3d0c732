import Domain
import Foundation
import PostgreSQL
import StageRunner
import Testing

extension EndToEndInTrouble {
    @Suite("Schedulers, one of which dies") struct SchedulerFailover {
        @Test("another takes over within ten seconds, and the old one leads no more", arguments: [SIGKILL, SIGSTOP])
        func takesOver(_ signal: Int32) async throws {
            try await Belt.with { belt in
                let schedulers = try belt.start(.scheduler, .scheduler)
                var leader: ChildProcess?
                try await eventually("one leads\n\(belt.troubles())") {
                    leader = try schedulers.first { try $0.leads() }
                    return leader != nil
                }
                let old = try #require(leader)
                let new = try #require(schedulers.first { $0.processIdentifier != old.processIdentifier })

                let begun = ContinuousClock.now
                old.send(signal)
                try await eventually(within: .seconds(15), "the other leads\n\(belt.troubles())") { try new.leads() }
                #expect(ContinuousClock.now - begun < .seconds(10))
                // It leads in deed: the jobs fire.
                let last = try await belt.lastFire()
                try await eventually("jobs fire") { try await belt.lastFire() > last }

                if signal == SIGSTOP {
                    old.send(SIGCONT)
                    try await eventually("the old one knows") { try old.errorText().contains("standing for leader again") }
                    #expect(try old.errorText().components(separatedBy: Self.leads).count == 2)
                }
                let survivors = belt.running
                #expect(try await belt.stop(survivors) == survivors.map { _ in 0 })
            }
        }

        static let leads = "leads: publishing ticks"
    }
}

extension ChildProcess {
    fileprivate func leads() throws -> Bool { try errorText().contains(EndToEndInTrouble.SchedulerFailover.leads) }
}

extension Belt {
    fileprivate func lastFire() async throws -> Date {
        try await pool.query("select coalesce(max(fired_at), 'epoch') as last from job_fire")[0].decode("last")
    }
}
