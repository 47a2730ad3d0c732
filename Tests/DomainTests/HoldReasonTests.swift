import FoundationEssentials
import Testing

@testable import Domain

@Suite("A hold reason")
struct HoldReasonTests {
    @Test("has words and a cure in both languages", arguments: HoldReason.allCases)
    func words(reason: HoldReason) {
        expectBothLanguages(reason.words)
        expectBothLanguages(reason.cure)
    }

    @Test("and so has every wait and status")
    func otherWords() {
        WaitReason.allCases.forEach { expectBothLanguages($0.words) }
        OrderStatus.allCases.forEach { expectBothLanguages($0.words) }
    }

    private func expectBothLanguages(_ words: Words) {
        #expect(words.english.unicodeScalars.allSatisfy(\.isASCII) && words.english.contains { $0.isLetter })
        #expect(words.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }

    struct ConfigurationChange: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let new: RuntimeConfiguration
        let holds: Set<CurableHold>
        let waits: Set<WaitReason>

        init(
            _ name: String, _ holds: Set<CurableHold>, _ waits: Set<WaitReason> = [], change: (inout RuntimeConfiguration) -> Void
        ) {
            testDescription = name
            self.holds = holds
            self.waits = waits
            new = configuration(change)
        }
    }

    @Test(
        "is examined again when the configuration changes what could cure it, and only then",
        arguments: [
            ConfigurationChange("nothing", []) { _ in },
            ConfigurationChange("a job", []) { $0.jobs[.push]?.isEnabled = true },
            ConfigurationChange("a retailer", [CurableHold(.shopUnmapped, facts: .equal("R2"))]) { $0.mapping.shop["R2"] = "2" },
            ConfigurationChange(
                "two retailers",
                [CurableHold(.shopUnmapped, facts: .equal("R2")), CurableHold(.shopUnmapped, facts: .equal("R1"))]
            ) { $0.mapping.shop = ["R2": "2"] },
            ConfigurationChange("warehouse", [CurableHold(.logisticsUnmapped, facts: .beginning("W-"))]) {
                $0.mapping.warehouse["W"] = "2"
            },
            ConfigurationChange("shipment", [CurableHold(.logisticsUnmapped, facts: .equal("W-F"))]) {
                $0.mapping.shipment["W-F"] = "2"
            },
            ConfigurationChange(
                "sku", [CurableHold(.lineUnidentified), CurableHold(.quantityMismatch)], [.notShipped, .partlyShipped]
            ) { $0.mapping.sku["A"] = "B" },
            ConfigurationChange("identity", [CurableHold(.poNumberShared)]) { $0.identity = .dscoOrderID },
            ConfigurationChange("push prices", [CurableHold(.priceMissing)]) { $0.push.unitPrice = [.retailPrice] },
            ConfigurationChange("invoice prices", [CurableHold(.priceMissing)]) { $0.invoice.unitPrice = [.retailPrice] },
            ConfigurationChange("packages", [CurableHold(.multiplePackages)]) { $0.ship.packages = .all },
            ConfigurationChange("cancelling", [CurableHold(.cancelledAtDSCO)]) { $0.push.cancelInLingXing = true },
            ConfigurationChange("write", [], [.writeOff]) { $0.ack.write = false },
            ConfigurationChange("statuses", [], [.notReviewed]) { $0.ack.statuses = [4] },
        ])
    func configurationChanges(_ change: ConfigurationChange) {
        #expect(HoldReason.curable(by: change.new, after: configuration()) == change.holds)
        #expect(WaitReason.curable(by: change.new, after: configuration()) == change.waits)
    }

    struct PayloadChange: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: Order
        let new: Order
        let holds: Set<HoldReason>

        init(
            _ name: String, _ holds: Set<HoldReason>, from: (inout Order) -> Void = { _ in }, to: (inout Order) -> Void = { _ in }
        ) {
            testDescription = name
            self.holds = holds
            old = order(change: from)
            new = order(change: to)
        }
    }

    private static let units: Set<HoldReason> = [
        .noUnitsLeft, .completedAtDSCO, .partlyShippedElsewhere, .multiplePackages, .quantityMismatch,
    ]

    @Test(
        "is examined again when a new payload changes what could cure it, and only then",
        arguments: [
            PayloadChange("nothing", []),
            PayloadChange("a later update time", [], to: { $0.updated = moment }),
            PayloadChange("PO number", [.poNumberShared], to: { $0.poNumber = "PO-2" }),
            PayloadChange("retailer", [.shopUnmapped], to: { $0.retailerID = "R2" }),
            PayloadChange("warehouse", [.logisticsUnmapped], to: { $0.shipWarehouseCode = "W" }),
            PayloadChange("service level", [.logisticsUnmapped], to: { $0.shippingServiceLevelCode = "F" }),
            PayloadChange("address", [.addressIncomplete], to: { $0.shipping.city = "Boise" }),
            PayloadChange("a price", units.union([.priceMissing, .lineUnidentified]), to: { $0.lines[0].retailPrice = 1 }),
            PayloadChange("a package", units, to: { $0.packages = [package("T1", (1, 1))] }),
            PayloadChange("lifecycle", units, to: { $0.lifecycle = .completed }),
            PayloadChange("request withdrawn", [.cancelRequested], from: { $0.isCancelRequested = true }),
            PayloadChange("request made", [], to: { $0.isCancelRequested = true }),
            PayloadChange("not cancelled after all", units.union([.cancelledAtDSCO]), from: { $0.dscoStatus = .cancelled }),
        ])
    func payloadChanges(_ change: PayloadChange) {
        #expect(HoldReason.curable(by: change.new, after: change.old) == change.holds)
    }

    @Test("names what is missing in its facts just as the cure looks for it")
    func factsAndCures() {
        let unmapped = configuration { $0.mapping.shop = [:] }
        guard
            case .hold(let shop) = PushDecision.decide(record: record(order(), .pulled), listed: [], configuration: unmapped)
                .decision
        else {
            Issue.record("no hold")
            return
        }
        #expect(
            HoldReason.curable(by: configuration(), after: unmapped) == [CurableHold(.shopUnmapped, facts: .equal(shop.facts))])
        let unrouted = configuration { $0.mapping.shipment = [:] }
        guard
            case .hold(let route) = PushDecision.decide(record: record(order(), .pulled), listed: [], configuration: unrouted)
                .decision
        else {
            Issue.record("no hold")
            return
        }
        #expect(
            HoldReason.curable(by: configuration(), after: unrouted) == [
                CurableHold(.logisticsUnmapped, facts: .equal(route.facts))
            ])
        let unstocked = configuration { $0.mapping.warehouse["WH01"] = "33329" }
        guard case .beginning(let code) = HoldReason.curable(by: configuration(), after: unstocked).first?.facts else {
            Issue.record("no cure")
            return
        }
        #expect(route.facts.hasPrefix(code))
    }

    @Test("that a payload cures is one whose cures say so")
    func payloadCures() {
        let everything = HoldReason.curable(
            by: order(line(1, "Z", 9)) {
                $0.poNumber = "PO-9"
                $0.retailerID = "R9"
                $0.shipWarehouseCode = "W9"
                $0.shipping.city = "Boise"
            },
            after: order {
                $0.isCancelRequested = true
                $0.dscoStatus = .cancelled
            })
        #expect(everything == Set(HoldReason.allCases.filter { $0.cures.contains(.payload) }))
    }
}
