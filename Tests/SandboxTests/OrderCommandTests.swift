import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite("What a test makes the retailer, the portal and the staff do")
struct OrderCommandTests {
    private func act(_ running: RunningSandbox, _ path: String) async throws -> Int {
        try await running.send(.POST, "/sandbox/\(path)").status
    }

    private func units(_ order: Wire) -> [Int] {
        (order["lineItems"]?.elements ?? []).map { ($0["quantity"]?.integer ?? 0) - ($0["cancelledQuantity"]?.integer ?? 0) }
    }

    @Test("changes an order at DSCO as asked, and nothing else of it", arguments: DSCOWorld.OrderCommand.allCases)
    func changesOrder(_ command: DSCOWorld.OrderCommand) async throws {
        try await withSandbox { running in
            let scenario: Scenario =
                switch command {
                case .release: .received
                case .addAddress: .incompleteAddress
                case .addPrice: .missingPrice
                case .withdrawCancel: .cancelRequested
                default: .twoLines
                }
            let made = await running.orders(scenario)[0]
            let before = try await running.order(made.id)
            #expect(try await act(running, "order/\(made.id)/\(command.rawValue)") == 200)
            running.clock.advance(1)
            let after = try await running.order(made.id)
            let total = { (order: Wire) in units(order).reduce(0, +) }
            switch command {
            case .cancel, .portalCancel:
                #expect(after["dscoStatus"] == "cancelled")
                #expect(total(after) == 0)
            case .edit, .addAddress: #expect(after["shipping"] != before["shipping"])
            case .release: #expect(after["dscoLifecycle"] == "created")
            case .requestCancel: #expect(after["cancelRequested"] == true)
            case .withdrawCancel: #expect(after["cancelRequested"] == false)
            case .cancelUnit: #expect(total(after) == total(before) - 1)
            case .addUnit: #expect(total(after) == total(before) + 1)
            case .addPrice: #expect(after["lineItems"] != before["lineItems"])
            case .renumber: #expect(after["poNumber"]?.text == (before["poNumber"]?.text ?? "") + "-R")
            case .portalAcknowledge: #expect(after["dscoLifecycle"] == "acknowledged")
            case .portalShip: #expect(after["dscoLifecycle"] == "completed")
            case .portalShipUnit:
                #expect(after["dscoLifecycle"] == "acknowledged")
                #expect(after["dscoStatus"] == "shipped")
                #expect(after["packages"]?.elements?.count == 1)
            }
            if command != .renumber { #expect(after["poNumber"] == before["poNumber"]) }
            #expect(after["dscoLastUpdate"] != before["dscoLastUpdate"])
        }
    }

    @Test("knows no such order, and no such command")
    func unknown() async throws {
        try await withSandbox { running in
            let made = await running.orders(.plain)[0]
            for path in ["order/1/cancel", "order/\(made.id)/explode", "lingxing/order/1/relabel", "lingxing/order/1/merge/2"] {
                let status = try await act(running, path)
                #expect(status == 404, "\(path)")
            }
        }
    }
}
