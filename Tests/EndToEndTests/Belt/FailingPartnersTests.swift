import Domain
import Foundation
import Sandbox
import Testing

extension EndToEndInTrouble {
    @Suite("Partners that fail") struct FailingPartners {
        private static let faults: [Fault] = [
            // Reads and writes alike.
            Fault(.dsco, "*", .serverError, rate: 0.08), Fault(.dsco, "*", .tooMany, rate: 0.06, retryAfter: 1),
            Fault(.dsco, "*", .cutBefore, rate: 0.06), Fault(.dsco, "*", .slow, rate: 0.05, seconds: 3),
            Fault(.lingxing, "*", .serverError, rate: 0.06), Fault(.lingxing, "*", .tooMany, rate: 0.04, retryAfter: 1),
            Fault(.lingxing, "*", .cutBefore, rate: 0.06), Fault(.lingxing, "*", .slow, rate: 0.03, seconds: 3),
            // The dangerous ones: the work is done, but the answer is lost.
            Fault(.lingxing, "/pb/mp/order/v2/create", .cutAfter, rate: 0.3),
            Fault(.dsco, "/order/acknowledge", .cutAfter, rate: 0.4),
            Fault(.dsco, "/order/shipment", .cutAfter, rate: 0.4), Fault(.dsco, "/invoice/batch", .cutAfter, rate: 0.4),
            Fault(.dsco, "/inventory", .cutAfter, rate: 0.2),
        ]

        @Test("hold no order, and make nothing happen twice")
        func recovers() async throws {
            var setup = Belt.Setup()
            setup.settleSoon()
            setup.partners.seed = 5
            setup.configure = { configuration in
                for stage in Stage.allCases { configuration.jobs[stage]?.size = 10 }
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.prompt(30, seed: 5))
                belt.partners.sandbox.faults.add(Self.faults)
                try belt.start(Program.fleet)
                let kinds = Set(Self.faults.map(\.kind.rawValue))
                try await eventually(
                    within: .seconds(60), "each kind of fault strikes; so far \(belt.partners.sandbox.faults.drawn)"
                ) {
                    let drawn = belt.partners.sandbox.faults.drawn
                    return kinds.allSatisfy { drawn[$0, default: 0] > 0 } && drawn[Fault.Kind.cutAfter.rawValue, default: 0] >= 3
                }
                belt.partners.sandbox.faults.clear()
                let report = try await belt.ride(within: .seconds(90))
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(report.total("violations") == 0, "\(report.details("violations"))")
            }
        }
    }
}
