import Domain
import Sandbox
import Testing

extension EndToEndInTrouble {
    @Suite("Stop") struct Stop {
        private static let grace = Duration.seconds(15)

        @Test(
            "SIGTERM in the middle of the work: every process ends with 0 within its grace, and what it left is done after a restart"
        )
        func stopsCleanly() async throws {
            var setup = Belt.Setup()
            setup.settleSoon()
            setup.environment["SHUTDOWN_GRACE_SECONDS"] = "\(Self.grace.components.seconds)"
            setup.configure = { configuration in
                for stage in Stage.allCases { configuration.jobs[stage]?.size = 10 }
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.prompt(40, seed: 7))
                try belt.start(Program.fleet)
                try await eventually(within: .seconds(40), "acknowledgements are under way") {
                    belt.partners.calls("/dsco/order/acknowledge") >= 2
                }
                let running = belt.running
                #expect(running.count == Program.fleet.count)
                let statuses = try await belt.stop(running, within: Self.grace)
                #expect(
                    statuses.allSatisfy { $0 == 0 },
                    "\(zip(running, statuses).map { "\($0.program.name): \($1)" })\n\(belt.troubles())")
                let interrupted = try await belt.report()
                #expect(!interrupted.unfinished.isEmpty, "there was work left")

                try belt.start(Program.fleet)
                let report = try await belt.ride()
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(report.total("duplicate_attempts") == 0, "\(report.details("duplicate_attempts"))")
            }
        }
    }
}
