import Domain
import JSON
import Sandbox
import Store
import Testing

extension EndToEnd {
    @Suite("Configuration by notification") struct ConfigurationChanges {
        @Test(
            "a mapping that is added and a job that is enabled take effect without a restart, and cure the orders that waited for it"
        )
        func changeCuresHolds() async throws {
            var setup = Belt.Setup()
            setup.configure = { configuration in
                configuration.mapping.shop = [:]
                configuration.jobs[.invoice]?.isEnabled = false
                // Somebody maps one retailer at first.
                configuration.mapping.shop["1000011436"] = "110658143132021760"
            }
            try await Belt.with(setup) { belt in
                await belt.partners.create([OrderRequest(count: 16, seed: 6, mix: [(.twoLines, 0.25)])])
                let fleet = try belt.start(Program.fleet)

                func standing() async throws -> (held: Int, shipped: Int) {
                    let rows = try await OrderDirectory(belt.pool).list(.init(limit: 100))
                    return (
                        rows.count { $0.hold?.reason == .shopUnmapped && $0.status == .pulled },
                        rows.count { $0.status == .shipped }
                    )
                }
                try await eventually(within: .seconds(40), "the unmapped are held, the others shipped\n\(belt.troubles())") {
                    let now = try await standing()
                    return now.held + now.shipped == 16
                }
                let before = try await standing()
                #expect(before.held > 0)
                #expect(before.shipped > 0)
                #expect(belt.partners.calls("/dsco/invoice/batch/small") == 0, "the invoice job is disabled")

                // The partners' own document maps every retailer and enables every job.
                let document = try RuntimeConfiguration.parse(belt.partners.sandbox.documents.runtimeConfiguration().bytes)
                let result = try await belt.conveyor("config", "set", "-", input: document.document.text())
                #expect(result.status == 0, "\(result.errors)")

                let report = try await belt.ride()
                #expect(report.orders.allSatisfy { $0.outcome == "invoiced" })
                #expect(report.total("duplicates") == 0, "\(report.details("duplicates"))")
                #expect(fleet.allSatisfy { $0.isRunning }, "no process was started again")
            }
        }
    }
}
