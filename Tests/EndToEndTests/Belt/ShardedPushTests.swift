import Domain
import PostgreSQL
import Sandbox
import Testing

extension EndToEnd {
    @Suite("Push workers and their shards") struct ShardedPush {
        @Test("share the work, four of each, and create no order twice")
        func fourShards() async throws {
            var setup = Belt.Setup()
            setup.configure = { configuration in
                configuration.jobs[.push]?.shards = 4
                // Many runs, so that the shards meet.
                configuration.jobs[.push]?.size = 5
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.prompt(60, seed: 4))
                try belt.start(Program.fleet + Array(repeating: .worker(.push), count: 3))
                let report = try await belt.ride()
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(report.total("duplicate_attempts") == 0, "\(report.details("duplicate_attempts"))")
                #expect(report.total("violations") == 0, "\(report.details("violations"))")
                #expect(try await workers(belt) > 1, "one worker did everything")
            }
        }

        @Test("may come and go while there is work: nothing is lost, and nobody has to be told")
        func comeAndGo() async throws {
            var setup = Belt.Setup()
            setup.configure = { configuration in
                configuration.jobs[.push]?.shards = 4
                configuration.jobs[.push]?.size = 2
                configuration.push.createBatch = 1
                configuration.push.parallelCalls = 1
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.prompt(100, seed: 6))
                let (first, others) = (
                    try belt.start(.worker(.push)), try belt.start(Program.fleet.filter { $0 != .worker(.push) })
                )
                try await eventually(within: .seconds(40), "the first is at work") { try await workers(belt) == 1 }
                let second = try belt.start(.worker(.push), .worker(.push))
                try await eventually(within: .seconds(40), "those that came take part") { try await workers(belt) > 1 }
                #expect(try await belt.stop(first) == [0])
                #expect(try await belt.stop([second[0]]) == [0])
                #expect(try await !belt.report().unfinished.isEmpty, "there was work left")
                #expect(belt.running.count == others.count + 1)
                let report = try await belt.ride()
                for complaint in ["duplicates", "duplicate_attempts", "violations"] {
                    #expect(report.total(complaint) == 0, "\(report.details(complaint))")
                }
            }
        }

        /// How many push workers have done something.
        private func workers(_ belt: Belt) async throws -> Int {
            let rows = try await belt.pool.query(
                "select count(distinct worker) as workers from stage_run where stage = 'push' and counts::text <> '{}'")
            return try rows[0].decode("workers")
        }
    }
}
