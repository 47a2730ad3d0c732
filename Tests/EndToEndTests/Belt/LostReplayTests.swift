import Domain
import Foundation
import JSON
import Pipeline
import PostgreSQL
import Store
import TestSupport
import Testing

extension EndToEndInTrouble {
    @Suite("A replay that loses its queue and its worker") struct LostReplays {
        private static let orders = 2100

        @Test("is made good by the leading scheduler, and --wait shows how far it is")
        func madeGood() async throws {
            var setup = Belt.Setup()
            setup.configure = { configuration in
                for stage in Stage.allCases { configuration.jobs[stage]?.isEnabled = false }
                configuration.jobs[.push]?.size = 200
            }
            try await Belt.with(setup) { belt in
                // Their payloads say nothing: every one is taken up, and ends as unreadable.
                try await belt.pool.query(
                    """
                    insert into dsco_order_sync (order_key, po_number, partition, status, status_since, payload, payload_at, hold_reason,
                                                 hold_facts, hold_since, next_attempt, created_at, updated_at)
                    select 'po:' || n, n::text, n % 64, 1, now(), '{}', now(), 'shop_unmapped', '', now(), 'infinity', now(), now()
                    from generate_series(1, \(Self.orders)) as n
                    """)
                async let replay = belt.conveyor("replay", "push", "--held", "shop_unmapped", "--json", "--wait", "90")
                let replays = ReplayStore(belt.pool)
                try await eventually("its messages are published\n\(belt.troubles())") {
                    try await replays.open().first?.published != nil
                }
                try await belt.vhost.deleteQueue(Topology.queue(.push))
                let status = try await belt.conveyor("status", "--json")
                #expect(try JSON.parse(status.output)["replays"]?[0]?["total"]?.int == Self.orders)

                // As if that had been a minute ago.
                try await belt.pool.query("update replay set published_at = published_at - interval '1 minute'")
                try belt.start(.scheduler, .worker(.push))
                try await eventually("a worker is at it\n\(belt.troubles())") {
                    try await RunDirectory(belt.pool).recent(.push, limit: 1).first != nil
                }
                for worker in belt.running(.worker(.push)) {
                    worker.send(SIGKILL)
                    _ = try await worker.exitStatus()
                }
                try belt.start(.worker(.push))

                let result = try await replay
                #expect(result.status == 0, "\(result.errors)\n\(belt.troubles())")
                #expect(result.errors.contains("\(Self.orders) of \(Self.orders) orders"))
                let ids = try JSON.parse(result.output)["ids"]?.array?.count
                #expect(ids == 3)
                let left = try await belt.pool.query("select 1 from dsco_order_sync where hold_reason = 'shop_unmapped'").count
                #expect(left == 0)
            }
        }
    }
}
