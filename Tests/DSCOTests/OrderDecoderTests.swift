import DSCO
import Domain
import Foundation
import Testing

@Suite("Decoding a DSCO order")
struct OrderDecoderTests {
    private func decode(_ text: String) throws -> Order { try DSCOOrderDecoder.decode(Array(text.utf8)) }

    @Test("reads what Conveyor uses")
    func wholeOrder() throws {
        let order = try DSCOOrderDecoder.decode(Example.bytes("order_get.response.200.partially_shipped.json"))
        #expect(order.key == OrderKey(rawValue: "1075104801"))
        #expect(order.retailerID == "1000011436")
        #expect(order.dscoStatus == .shipped)
        #expect(order.lifecycle == .acknowledged)
        #expect(order.created == Date(utc: "2026-01-28T01:15:40Z"))
        #expect(order.updated == Date(utc: "2026-01-28T01:16:25Z"))
        #expect(order.shipBy == Date(utc: "2026-01-29T04:59:00Z"))
        #expect(order.currency == "USD")
        #expect(order.shipping.name == "Jane Example")
        #expect(order.shipping.address == ["1 Example St"])
        #expect(order.shipping.postalCode == "83661-0000")
        #expect(order.warehouseCode == "WH01")
        #expect(order.shipMethod == "Home Delivery")
        #expect(order.shippingServiceLevelCode == "FEHD")
        #expect(order.lines.map(\.quantity) == [2, 1])
        #expect(order.lines[0].sku == "SKU-A")
        #expect(order.lines[0].dscoItemID == "1310486901")
        #expect(order.lines[1].expectedCost == Decimal(string: "12.5"))
        #expect(order.packages.map(\.trackingNumber) == ["409900000001"])
        #expect(order.packages[0].items[0].quantity == 1)
    }

    @Test("takes what production sends beside the contract")
    func quirks() throws {
        let order = try decode(
            #"""
            {"poNumber": 4711, "dscoOrderId": 1075104801, "dscoStatus": "SHIPMENT_PENDING", "dscoLifecycle": "Created",
             "billTo": {}, "buyer": null, "brandNew": {"x": [1]}, "cancelRequested": null,
             "dscoCreateDate": "2026-01-28T01:15:40.123Z",
             "shipByDate": "tomorrow", "shipping": {"name": null, "address": ["1 Example St", null, ""], "city": 7},
             "packages": null,
             "lineItems": [{"quantity": "2", "lineNumber": "3", "sku": 900, "cancelledQuantity": null, "expectedCost": "7.70",
                            "consumerPrice": null, "retailPrice": 0}]}
            """#)
        #expect(order.poNumber == "4711")
        #expect(order.dscoOrderID == "1075104801")
        #expect(order.dscoStatus == .shipmentPending)
        #expect(order.lifecycle == .created)
        #expect(!order.isCancelRequested)
        #expect(abs(try #require(order.created).timeIntervalSince1970 - 1_769_562_940.123) < 0.001)
        #expect(order.shipBy == nil)
        #expect(order.shipping.address == ["1 Example St"])
        #expect(order.lines[0].quantity == 2)
        #expect(order.lines[0].lineNumber == 3)
        #expect(order.lines[0].sku == "900")
        #expect(order.lines[0].cancelledQuantity == 0)
        #expect(order.lines[0].expectedCost == Decimal(string: "7.7"))
        #expect(order.lines[0].consumerPrice == nil)
        #expect(order.lines[0].retailPrice == 0)
    }

    @Test("keeps a status it does not know as unknown", arguments: ["null", #""teleported""#, "{}"])
    func unknownStatus(_ status: String) throws {
        let order = try decode(#"{"poNumber": "P", "lineItems": [], "dscoStatus": \#(status), "dscoLifecycle": \#(status)}"#)
        #expect(order.dscoStatus == nil)
        #expect(order.lifecycle == nil)
        #expect(order.key == OrderKey(rawValue: "po:P"))
    }

    @Test(
        "refuses what would harm identity, units or money, and names the place",
        arguments: [
            (#"[]"#, ""), (#"{"poNumber": "P", "#, ""), (#"{"lineItems": []}"#, "poNumber"),
            (#"{"poNumber": "  ", "lineItems": []}"#, "poNumber"), (#"{"poNumber": {}, "lineItems": []}"#, "poNumber"),
            (#"{"poNumber": "P"}"#, "lineItems"), (#"{"poNumber": "P", "lineItems": {}}"#, "lineItems"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1}, {}]}"#, "lineItems[1].quantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 0}]}"#, "lineItems[0].quantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": -1}]}"#, "lineItems[0].quantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1.5}]}"#, "lineItems[0].quantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": "two"}]}"#, "lineItems[0].quantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1, "cancelledQuantity": -2}]}"#, "lineItems[0].cancelledQuantity"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1, "consumerPrice": "free"}]}"#, "lineItems[0].consumerPrice"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1, "expectedCost": -1}]}"#, "lineItems[0].expectedCost"),
            (#"{"poNumber": "P", "lineItems": [{"quantity": 1, "sku": {}}]}"#, "lineItems[0].sku"),
            (#"{"poNumber": "P", "lineItems": [], "dscoOrderId": []}"#, "dscoOrderId"),
            (#"{"poNumber": "P", "lineItems": [], "cancelRequested": "perhaps"}"#, "cancelRequested"),
            (#"{"poNumber": "P", "lineItems": [], "packages": [{"trackingNumber": "T"}]}"#, "packages[0].items"),
            (
                #"{"poNumber": "P", "lineItems": [], "packages": [{"items": [{"quantity": "x"}]}]}"#,
                "packages[0].items[0].quantity"
            ),
        ])
    func refusals(_ payload: String, _ path: String) throws {
        let error = try #require(throws: DSCODecodingError.self) { try decode(payload) }
        #expect(error.path == path)
    }

    @Test("never quotes the payload in an error")
    func noPersonalData() throws {
        let error = try #require(throws: DSCODecodingError.self) {
            try decode(#"{"poNumber": "P", "shipping": {"name": "Jane Example"}, "lineItems": [{"quantity": "Jane Example"}]}"#)
        }
        #expect(!"\(error)\(String(reflecting: error))".contains("Jane"))
    }
}
