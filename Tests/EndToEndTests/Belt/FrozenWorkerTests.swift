import Domain
import Foundation
import JSON
import PostgreSQL
import Sandbox
import Store
import Testing

extension EndToEndInTrouble {
    /// Invariants 1 and 4 at their narrowest: a worker stops existing for a while between its committed intent and the call that it permits.
    @Suite("A worker that freezes with an intent in hand") struct FrozenWorkers {
        enum Waking: String, Sendable, CaseIterable, CustomTestStringConvertible {
            /// Its session is dead, while the intent's own time is not up yet.
            case withinItsPermission
            /// The other worker has sent the same effect meanwhile.
            case afterTheOtherSent

            var testDescription: String { rawValue }
        }

        @Test(
            "loses its partition to another within ten seconds, and when it wakes writes nothing and sends nothing twice",
            arguments: Waking.allCases)
        func wakes(_ waking: Waking) async throws {
            var setup = Belt.Setup()
            setup.settleSoon()
            // The intent permits sending for twice as long; a frozen session is ended after five seconds.
            if waking == .withinItsPermission { setup.environment["LINGXING_TIMEOUT_SECONDS"] = "8" }
            setup.configure = { configuration in
                for stage in Stage.allCases where stage != .pull && stage != .push {
                    configuration.jobs[stage]?.isEnabled = false
                }
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create([OrderRequest(count: 3, seed: 8, mix: [(.twoLines, 1)])])
                try await belt.setCreateSlots(areFree: false)
                try belt.start(.scheduler, .worker(.pull), .worker(.push), .worker(.push))

                let frozen = try await belt.workerWithIntent()
                #expect(belt.partners.calls(.create) == 0)
                let frozenAt = ContinuousClock.now
                frozen.child.send(SIGSTOP)
                defer { frozen.child.send(SIGCONT) }
                try await belt.setCreateSlots(areFree: true)

                try await eventually(within: .seconds(10), "another worker runs\n\(belt.troubles())") {
                    try await belt.runs(besides: frozen.worker, after: frozen.run) > 0
                }
                print("A frozen worker's partition was taken over after \(ContinuousClock.now - frozenAt)")

                if waking == .afterTheOtherSent {
                    try await eventually(within: .seconds(40), "the other pushes the orders\n\(belt.troubles())") {
                        try await belt.pushed() == 3
                    }
                }
                let rows = try await belt.rows(), effects = try await belt.partners.effects()["lingxing"]
                frozen.child.send(SIGCONT)
                try await eventually(within: .seconds(20), "its run fails\n\(belt.troubles())") {
                    try await belt.state(ofRun: frozen.run) == "failed"
                }
                // It notes the end in the run's row first.
                try await eventually(within: .seconds(20), "it says why\n\(belt.troubles())") {
                    let said = try frozen.child.errorText()
                    return said.contains(#""message":"run failed""#) && said.contains("The database")
                }
                if waking == .afterTheOtherSent {
                    #expect(try await belt.rows() == rows, "it wrote to the orders after it had lost them")
                    #expect(try await belt.partners.effects()["lingxing"] == effects, "it sent")
                }
                try await eventually(within: .seconds(60), "the orders are pushed\n\(belt.troubles())") {
                    try await belt.pushed() == 3
                }
                let report = try await belt.report()
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(report.total("duplicate_attempts") == 0, "\(report.details("duplicate_attempts"))")
                #expect(frozen.child.isRunning)
            }
        }
    }
}

extension String {
    /// LingXing's call that creates orders, as the sandbox counts it.
    fileprivate static let create = "/lingxing/pb/mp/order/v2/create"
}

extension Belt {
    /// Takes all of LingXing's slots for creating orders, so that workers wait between intent and call, or gives them back.
    fileprivate func setCreateSlots(areFree: Bool) async throws {
        let until = Date().addingTimeInterval(areFree ? -60 : 3600)
        try await pool.query(
            """
            insert into remote_limit (partner, path, slot, busy_until, holder, started_at)
            select 'lingxing', \(String.create.replacing("/lingxing", with: "")), s, \(until), 'test', now() - interval '1 hour'
            from generate_series(0, 9) s
            on conflict (partner, path, slot) do update set busy_until = excluded.busy_until
            where remote_limit.holder = 'test'
            """)
    }

    /// The push worker that has committed intents and sent nothing yet.
    fileprivate func workerWithIntent() async throws -> (child: ChildProcess, worker: String, run: UUID) {
        var found: (String, UUID)?
        try await eventually(within: .seconds(40), "an intent\n\(troubles())") {
            let rows = try await pool.query(
                """
                select r.worker, r.id from submission s join stage_run r on r.id = s.run_id
                where s.stage = 'push' and s.state = 'intended' and r.state = 'running' limit 1
                """)
            found = try rows.first.map { (try $0.decode("worker"), try $0.decode("id")) }
            return found != nil
        }
        let (worker, run) = try #require(found)
        let child = try #require(running(.worker(.push)).first { worker.hasSuffix("/\($0.processIdentifier)") })
        return (child, worker, run)
    }

    /// Runs of push that other workers began after this one.
    fileprivate func runs(besides worker: String, after run: UUID) async throws -> Int {
        try await pool.query(
            """
            select count(*) from stage_run where stage = 'push' and worker <> \(worker)
              and started_at > (select started_at from stage_run where id = \(run))
            """)[0].decode(0)
    }

    fileprivate func state(ofRun run: UUID) async throws -> String {
        try await pool.query("select state from stage_run where id = \(run)")[0].decode(0)
    }

    fileprivate func pushed() async throws -> Int {
        try await pool.query("select count(*) from dsco_order_sync where status = 2")[0].decode(0)
    }

    /// Orders and ledger as they are.
    fileprivate func rows() async throws -> [String] {
        try await pool.query(
            """
            select concat(o.order_key, ' ', o.status, ' ', o.attempts, ' ', s.state, ' ', s.attempts, ' ', s.run_id) as row
            from dsco_order_sync o left join submission s using (order_key) order by 1
            """
        ).map { try $0.decode("row") }
    }
}
