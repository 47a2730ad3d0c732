import FoundationEssentials
import Testing

@testable import Domain

@Suite("Push")
struct PushDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let record: OrderRecord
        let listed: [LingXingOrder]
        let configuration: RuntimeConfiguration
        let expected: Decision<NewLingXingOrder>

        init(
            _ name: String, _ expected: Decision<NewLingXingOrder>, listed: [LingXingOrder] = [],
            configure: (inout RuntimeConfiguration) -> Void = { _ in }, record change: (inout OrderRecord) -> Void = { _ in },
            order orderChange: (inout Order) -> Void = { _ in }
        ) {
            testDescription = name
            self.expected = expected
            self.listed = listed
            configuration = DomainTests.configuration(configure)
            record = DomainTests.record(order(change: orderChange), .pulled, change: change)
        }
    }

    @Test(
        "sends nothing when there is a reason not to",
        arguments: [
            Case("not released by DSCO", .wait(.notReleased), order: { $0.lifecycle = .received }),
            Case("completed at DSCO", .hold(Hold(.completedAtDSCO)), order: { $0.lifecycle = .completed }),
            Case("cancelled at DSCO", .hold(Hold(.cancelledAtDSCO)), order: { $0.dscoStatus = .cancelled }),
            Case("cancel requested", .hold(Hold(.cancelRequested)), order: { $0.isCancelRequested = true }),
            Case(
                "cancel requested comes before every mapping", .hold(Hold(.cancelRequested)),
                configure: { $0.mapping.shop = [:] },
                order: { $0.isCancelRequested = true }),
            Case(
                "all units cancelled", .hold(Hold(.noUnitsLeft)),
                order: {
                    $0.lines[0].cancelledQuantity = 2
                    $0.lines[1].cancelledQuantity = 1
                }),
            Case("no lines", .hold(Hold(.noUnitsLeft)), order: { $0.lines = [] }),
            Case(
                "packages of somebody else", .hold(Hold(.partlyShippedElsewhere, facts: "T1")),
                order: { $0.packages = [package("T1", (1, 1))] }),
            Case(
                "a new package after a release", .hold(Hold(.partlyShippedElsewhere, facts: "T1,T2")),
                record: { $0.acceptedHolds = [Hold(.partlyShippedElsewhere, facts: "T1")] },
                order: { $0.packages = [package("T2", (1, 1)), package("T1", (1, 1))] }),
            Case("retailer not mapped", .hold(Hold(.shopUnmapped, facts: "R2")), order: { $0.retailerID = "R2" }),
            Case("no retailer at all", .hold(Hold(.shopUnmapped)), order: { $0.retailerID = nil }),
            Case(
                "no store, whatever a person accepts", .hold(Hold(.shopUnmapped, facts: "R1")),
                configure: { $0.mapping.shop = [:] },
                record: { $0.acceptedHolds = [Hold(.shopUnmapped, facts: "R1")] }),
            Case("number shared", .hold(Hold(.poNumberShared, facts: "PO-1")), record: { $0.isNumberShared = true }),
            Case(
                "number shared without a DSCO id", .hold(Hold(.poNumberShared, facts: "PO-1")),
                configure: { $0.identity = .dscoOrderID }, record: { $0.isNumberShared = true }, order: { $0.dscoOrderID = nil }),
            Case(
                "line without any SKU", .hold(Hold(.lineUnidentified, facts: "line 2")),
                order: {
                    $0.lines[1].sku = " "
                    $0.lines[1].expectedCost = nil
                }),
            Case(
                "lines without a price", .hold(Hold(.priceMissing, facts: "line 1,line 2")),
                configure: { $0.push.unitPrice = [.consumerPrice] }),
            Case(
                "negative price", .hold(Hold(.priceMissing, facts: "line 1")), order: { $0.lines[0].expectedCost = -1 }),
            Case(
                "address without name, city and street", .hold(Hold(.addressIncomplete, facts: "address1,city,name")),
                order: { $0.shipping = ShippingAddress() }),
            Case(
                "country that LingXing would not know", .hold(Hold(.addressIncomplete, facts: "country")),
                order: { $0.shipping.country = "United States" }),
            Case(
                "warehouse mapped, method not", .hold(Hold(.logisticsUnmapped, facts: "WH01-FE2D")),
                order: { $0.shippingServiceLevelCode = "FE2D" }),
            Case(
                "price counts before logistics", .hold(Hold(.priceMissing, facts: "line 2")),
                configure: { $0.mapping.shipment = [:] }, order: { $0.lines[1].expectedCost = nil }),
            Case(
                "deleted in LingXing", .hold(Hold(.deletedInLingXing, facts: "g1")), listed: [row("g1", 4, isDeleted: true)]),
            Case("cancelled in LingXing", .hold(Hold(.deletedInLingXing, facts: "g1,g2")), listed: [row("g2", 7), row("g1", 7)]),
            Case(
                "in LingXing already", .advance(note: "LingXing has the order already: g1, g2"),
                listed: [row("g2", 4), row("g1", 6)]),
            Case(
                "in LingXing already, nothing else is asked for", .advance(note: "LingXing has the order already: g1"),
                listed: [row("g1"), row("g0", 7)], configure: { $0.mapping.shipment = [:] }, order: { $0.shipping.name = nil }),
            Case(
                "created by us and cancelled since, before it moved on", .advance(note: "LingXing has confirmed its creation"),
                listed: [row("g1", 7)], record: { $0.isCreationConfirmed = true }),
            Case(
                "created by us and deleted since, while DSCO asks to cancel",
                .advance(note: "LingXing has confirmed its creation"),
                listed: [row("g1", 4, isDeleted: true)], record: { $0.isCreationConfirmed = true },
                order: { $0.isCancelRequested = true }),
        ])
    func nothingToSend(_ item: Case) {
        let decided = PushDecision.decide(record: item.record, listed: item.listed, configuration: item.configuration)
        #expect(decided.decision == item.expected)
    }

    private func sent(
        _ listed: [LingXingOrder] = [], configuration: RuntimeConfiguration = configuration(),
        record recordChange: (inout OrderRecord) -> Void = { _ in }, order orderChange: (inout Order) -> Void = { _ in }
    ) throws -> NewLingXingOrder {
        let record = DomainTests.record(DomainTests.order(change: orderChange), .pulled, change: recordChange)
        let decision = PushDecision.decide(record: record, listed: listed, configuration: configuration).decision
        guard case .send(let effects) = decision else {
            Issue.record("\(decision)")
            throw CancellationError()
        }
        #expect(effects.count == 1)
        return try #require(effects.first)
    }

    @Test("writes down the whole order")
    func wholeOrder() throws {
        let effect = try sent()
        var expected = NewLingXingOrder(
            storeID: store, platformOrderNo: "PO-1", receiverName: "Jane Example", countryCode: "US", city: "Payette",
            addressLine1: "1 Example St",
            items: [
                NewLingXingOrder.Item(msku: "A", quantity: 2, unitPrice: 10),
                NewLingXingOrder.Item(msku: "B", quantity: 1, unitPrice: 10),
            ])
        expected.region = "ID"
        expected.postalCode = "83661"
        expected.phone = "5555550100"
        expected.warehouseID = "33328"
        expected.logisticsTypeID = "2036"
        expected.purchased = moment
        #expect(effect == expected)
        #expect(effect.key == "create")
    }

    @Test("leaves out what is cancelled or packaged, and lines at 0")
    func remainingUnits() throws {
        let effect = try sent(
            record: { $0.acceptedHolds = [Hold(.partlyShippedElsewhere, facts: "T1")] },
            order: {
                $0.lines = [line(1, "A", 5), line(2, "B", 1), line(3, "C", 1)]
                $0.lines[0].cancelledQuantity = 1
                $0.packages = [package("T1", (1, 2), (2, 1))]
            })
        #expect(effect.items.map(\.msku) == ["A", "C"])
        #expect(effect.items.map(\.quantity) == [2, 1])
    }

    @Test("names goods by the partner's SKU first and prices them by the first price present, 0 included")
    func namesAndPrices() throws {
        let effect = try sent(order: {
            $0.lines = [line(1, "A", 1, cost: 7, partnerSKU: "P"), line(2, "B", 1, cost: 7)]
            $0.lines[0].retailPrice = 0
            $0.lines[1].consumerPriceWithTax = Decimal(string: "21.34")
            $0.lines[1].consumerPrice = 20
        })
        #expect(effect.items.map(\.msku) == ["P", "B"])
        #expect(effect.items.map(\.unitPrice) == [0, Decimal(string: "21.34")])
    }

    @Test("takes warehouse and method together or not at all")
    func routing() throws {
        #expect(try sent(order: { $0.shipWarehouseCode = "WH99" }).logisticsTypeID == nil)
        let requested = try sent(order: {
            $0.shipWarehouseCode = nil
            $0.requestedWarehouseCode = "WH01"
        })
        #expect(requested.warehouseID == "33328" && requested.logisticsTypeID == "2036")
        let released = try sent(
            configuration: configuration { $0.mapping.shipment = [:] },
            record: { $0.acceptedHolds = [Hold(.logisticsUnmapped, facts: "WH01-FEHD")] })
        #expect(released.warehouseID == nil && released.logisticsTypeID == nil)
    }

    @Test("reads the other forms of an address, and keeps contact fields back when told to")
    func address() throws {
        let effect = try sent(
            configuration: configuration { $0.push.includeContact = false },
            order: {
                $0.shipping.name = " "
                $0.shipping.firstName = "Jane"
                $0.shipping.lastName = "Example"
                $0.shipping.address1 = nil
                $0.shipping.address = ["2 Example St", "Apt 4"]
                $0.shipping.country = nil
            })
        #expect(effect.receiverName == "Jane Example")
        #expect(effect.addressLine1 == "2 Example St")
        #expect(effect.countryCode == PushDecision.defaultCountry)
        #expect([effect.addressLine2, effect.region, effect.postalCode, effect.phone].allSatisfy { $0 == nil })
        let second = try sent(order: {
            $0.shipping.address1 = nil
            $0.shipping.address = ["2 Example St", "Apt 4"]
        })
        #expect(second.addressLine2 == "Apt 4")
    }

    @Test("goes out under the fixed names, whatever the configuration says now")
    func fixedIdentity() throws {
        let fixed = OutgoingIdentity(number: "1001", idType: .dscoOrderID, storeID: "7")
        let effect = try sent(
            [row("g1")], configuration: configuration { $0.mapping.shop = [:] },
            record: {
                $0.identity = fixed
                $0.isNumberShared = true
            })
        #expect(effect.storeID == "7" && effect.platformOrderNo == "1001")
    }

    @Test("goes by the DSCO id when configured, shared or not")
    func dscoIdentity() throws {
        let effect = try sent(configuration: configuration { $0.identity = .dscoOrderID }, record: { $0.isNumberShared = true })
        #expect(effect.platformOrderNo == "1001")
    }

    @Test(
        "does not take another store's order, or another number's, for its own",
        arguments: [row("g1", store: "7"), row("g1", platform: ["PO-2"])])
    func strangers(row: LingXingOrder) throws {
        _ = try sent([row])
    }

    @Test("learns LingXing's numbers and the names, whatever is decided")
    func learns() {
        let rows = [row("g2", 7), row("g1", platform: ["PO-0", poNumber]), row("g3", 4, isDeleted: true)]
        let learned = PushDecision.decide(record: record(order(), .pulled), listed: rows, configuration: configuration()).learned
        #expect(learned.lingXingOrderNumbers == ["g1", "g2"])
        #expect(learned.identity == OutgoingIdentity(number: poNumber, idType: .poNumber, storeID: store))
    }

    @Test(
        "a create in doubt happened when LingXing shows its row, even one that was deleted since",
        arguments: [
            ([], [], []), ([row("g1")], [], ["g1"]), ([row("g2", 7), row("g1", 7)], [], ["g1", "g2"]),
            ([row("g1", 4, isDeleted: true)], [], ["g1"]), ([row("g1", 4, isDeleted: true), row("g2")], [], ["g2"]),
            // What was deleted when a person had it created again.
            ([row("g1", 4, isDeleted: true)], ["g1"], []),
            ([row("g1", isDeleted: true), row("g2", isDeleted: true)], ["g1"], ["g2"]),
            ([row("g1", store: "7"), row("g2", platform: ["PO-2"])], [], []),
        ] as [([LingXingOrder], [String], [String])])
    func made(_ listed: [LingXingOrder], _ accepted: [String], _ expected: [String]) {
        let record = record(order(), .pulled) { record in
            record.acceptedHolds = Set(accepted.map { Hold(.deletedInLingXing, facts: $0) })
        }
        let identity = OutgoingIdentity(number: poNumber, idType: .poNumber, storeID: store)
        #expect(PushDecision.made(record: record, identity: identity, listed: listed) == expected)
    }

    @Test("after a release, creates a deleted order again and takes over a cancelled one")
    func releasedDeleted() throws {
        _ = try sent([row("g1", 4, isDeleted: true)], record: { $0.acceptedHolds = [Hold(.deletedInLingXing, facts: "g1")] })
        let cancelled = record(order(), .pulled) { $0.acceptedHolds = [Hold(.deletedInLingXing, facts: "g1")] }
        let decision = PushDecision.decide(record: cancelled, listed: [row("g1", 7)], configuration: configuration()).decision
        #expect(decision == .advance(note: "a person took over LingXing's cancelled order"))
    }
}
