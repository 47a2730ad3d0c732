import Domain
import Foundation
import Sandbox
import Testing

extension EndToEndInTrouble {
    @Suite("Killed and restarted") struct KilledWorkers {
        /// The call in whose wake each worker dies.
        private static let fatalCalls: [(stage: Stage, path: String)] = [
            (.pull, "/dsco/order/page"), (.push, "/lingxing/pb/mp/order/v2/create"), (.ack, "/dsco/order/acknowledge"),
            (.ship, "/dsco/order/shipment/batch/small"), (.invoice, "/dsco/invoice/batch/small"),
            (.stock, "/dsco/inventory/batch/small"),
        ]

        @Test("every worker dies once at work; nothing is lost and nothing happens twice", arguments: [11] as [UInt64])
        func everyWorkerDiesOnce(seed: UInt64) async throws {
            var setup = Belt.Setup()
            setup.settleSoon()
            setup.configure = { configuration in
                // Many runs, so that there is much to interrupt.
                for stage in Stage.allCases { configuration.jobs[stage]?.size = 10 }
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.prompt(40, seed: seed))
                try belt.start(Program.fleet)
                var dice = Dice(seed: seed)
                try await withThrowingTaskGroup(of: Void.self) { deaths in
                    for (stage, path) in Self.fatalCalls {
                        let call = Int.random(in: 1...2, using: &dice)
                        let moment = Duration.milliseconds(Int.random(in: 0...200, using: &dice))
                        deaths.addTask { try await belt.kill(.worker(stage), after: moment, ofCall: call, to: path) }
                    }
                    try await deaths.waitForAll()
                }
                let report = try await belt.ride(within: .seconds(90))
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(report.total("violations") == 0, "\(report.details("violations"))")
            }
        }
    }
}

extension Belt {
    /// Kills a program with SIGKILL a moment after its nth call of a path, and starts it again.
    fileprivate func kill(_ program: Program, after moment: Duration, ofCall call: Int, to path: String) async throws {
        try await eventually(within: .seconds(60), "call \(call) of \(path)") { partners.calls(path) >= call }
        try await Task.sleep(for: moment)
        for victim in running(program) {
            victim.send(SIGKILL)
            _ = try await victim.exitStatus()
        }
        try start(program)
    }
}
