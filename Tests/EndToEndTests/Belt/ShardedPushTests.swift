import Domain
import PostgreSQL
import Sandbox
import Testing

extension EndToEnd {
    @Suite("Four push workers, four shards") struct ShardedPush {
        @Test("share the work, and create no order twice")
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
                let workers = try await belt.pool.query(
                    "select count(distinct worker) as workers from stage_run where stage = 'push' and counts::text <> '{}'")
                #expect(try workers[0].decode("workers", as: Int.self) > 1, "one worker did everything")
            }
        }
    }
}
