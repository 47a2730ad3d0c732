import Domain
import Foundation
import JSON
import PostgreSQL
import Sandbox
import Store
import Testing

extension EndToEnd {
    /// One ride of orders of every kind, looked at from all sides.
    @Suite("The belt") struct WholeBelt {
        struct Ride: Sendable {
            let report: BeltReport
            let requests: [RecordedRequest]
            let exitOfScheduler: [Int32]
            let ticks: [(stage: Stage, status: Int32, said: String)]
            let reportAfterSecondRound: BeltReport
            let logs: [(file: String, text: String)]
            /// Of all orders as DSCO sent them.
            let personalData: Set<String>
            let secrets: [String]
        }

        /// Everything is told by one ride; the tests only read.
        private static let ride = Task { try await record() }

        private static func record() async throws -> Ride {
            var setup = Belt.Setup()
            setup.environment["LOG_LEVEL"] = "debug"
            let settings = setup.partners
            return try await Belt.with(setup) { belt in
                await belt.partners.create(OrderRequest.everything(60, seed: 2))
                try belt.start(Program.fleet)
                let report = try await belt.ride()

                let exit = try await belt.stop(belt.running(.scheduler))
                var ticks: [(stage: Stage, status: Int32, said: String)] = []
                for stage in Stage.allCases {
                    let result = try await belt.conveyor("tick", stage.rawValue, "--wait", "30")
                    ticks.append((stage, result.status, result.errors))
                }
                let after = try await belt.report()
                _ = try await belt.stop(belt.running)
                return Ride(
                    report: report, requests: try RecordedRequest.all(in: belt.partners.sandbox.recorder.lines(of: .dsco)),
                    exitOfScheduler: exit, ticks: ticks, reportAfterSecondRound: after, logs: try belt.logs(),
                    personalData: try await belt.personalData(),
                    secrets: [
                        settings.dsco.clientSecret, settings.lingXing.appSecret, "dsco-00000000-", "lx-access-", "lx-refresh-",
                        "guest:guest",
                    ])
            }
        }

        @Test("brings every order to where it belongs, and no other order anywhere")
        func everyOrderEndsWhereItIsMeantTo() async throws {
            let report = try await Self.ride.value.report
            #expect(report.unfinished.isEmpty, "\(report.unfinished.joined(separator: "\n"))")
            #expect(Set(report.orders.map(\.scenario)).count == Scenario.allCases.count)
        }

        @Test("invoices each finished order once, for what its units cost")
        func invoices() async throws {
            let finished = try await Self.ride.value.report.orders.filter {
                $0.outcome == "invoiced" && $0.scenario != "shipped_elsewhere"
            }
            #expect(finished.count > 30)
            for order in finished {
                #expect(order.invoiceTotals == [order.expectedTotal], "\(order.name), \(order.scenario)")
            }
        }

        @Test("invoices nothing else")
        func noOtherInvoices() async throws {
            for order in try await Self.ride.value.report.orders
            where order.outcome != "invoiced" || order.scenario == "shipped_elsewhere" {
                #expect(order.invoiceTotals.isEmpty, "\(order.name), \(order.scenario)")
            }
        }

        @Test("does nothing twice, and asks for nothing twice", arguments: ["duplicates", "duplicate_attempts"])
        func nothingTwice(_ tally: String) async throws {
            let report = try await Self.ride.value.report
            #expect(report.total(tally) == 0, "\(report.details(tally))")
        }

        @Test("breaks no rule of a partner's contract and meets no limit")
        func contracts() async throws {
            let report = try await Self.ride.value.report
            #expect(report.total("violations") == 0, "\(report.details("violations"))")
            #expect(report.effects["limited"]?.object?.isEmpty == true, "\(report.effects["limited"]?.text() ?? "")")
        }

        @Test("makes every effect that the finished orders need, and stock besides")
        func effects() async throws {
            let report = try await Self.ride.value.report
            let invoiced = report.orders.count { !$0.invoiceTotals.isEmpty }
            let counts = report.effectCounts
            #expect(counts["dsco.invoiced"] == invoiced)
            #expect(counts["dsco.shipped"] == invoiced)
            #expect(counts["lingxing.orders_created", default: 0] >= invoiced)
            #expect(counts["dsco.inventory_updates", default: 0] >= 35)
        }

        @Test("writes to DSCO what its contract asks for")
        func requestsAreWellFormed() async throws {
            let requests = try await Self.ride.value.requests
            let paths = Set(requests.map(\.path))
            #expect(
                paths.isSuperset(of: [
                    "/order/acknowledge", "/order/shipment/batch/small", "/invoice/batch/small", "/inventory/batch/small",
                ]),
                "\(paths)")
            let faults = requests.flatMap(\.faults)
            #expect(faults.isEmpty, "\(Set(faults))")
        }

        @Test("changes nothing at either partner when every stage is run a second time")
        func secondRound() async throws {
            let ride = try await Self.ride.value
            #expect(ride.exitOfScheduler == [0])
            for tick in ride.ticks { #expect(tick.status == 0, "\(tick.stage): \(tick.said)") }
            #expect(ride.reportAfterSecondRound.effectCounts == ride.report.effectCounts)
            #expect(ride.reportAfterSecondRound.unfinished.isEmpty)
            #expect(ride.reportAfterSecondRound.total("duplicate_attempts") == 0)
        }

        @Test("writes no secret into any log")
        func noSecretInLogs() async throws {
            let ride = try await Self.ride.value
            #expect(ride.logs.contains { $0.file.contains("push-worker") && $0.text.count > 1000 })
            for log in ride.logs {
                for (index, secret) in ride.secrets.enumerated() where log.text.contains(secret) {
                    Issue.record("\(log.file) holds secret \(index)")
                }
            }
        }

        @Test("writes no name, street, phone or e-mail of a customer into any log")
        func noPersonalDataInLogs() async throws {
            let ride = try await Self.ride.value
            #expect(ride.personalData.count > 60)
            for log in ride.logs {
                let found = ride.personalData.filter { log.text.contains($0) }
                #expect(found.isEmpty, "\(log.file): \(found)")
            }
        }
    }
}

extension Belt {
    /// Names, streets, phones and e-mails of every order that was stored.
    fileprivate func personalData() async throws -> Set<String> {
        var found: Set<String> = []
        for row in try await pool.query("select payload::text as payload from dsco_order_sync") {
            let shipping = try JSON.parse(try row.decode("payload", as: String.self))["shipping"]
            for field in ["name", "firstName", "lastName", "address1", "address2", "phone", "email"] {
                if let text = shipping?[field]?.string { found.insert(text) }
            }
            found.formUnion(shipping?["address"]?.array?.compactMap(\.string) ?? [])
        }
        return found
    }
}
