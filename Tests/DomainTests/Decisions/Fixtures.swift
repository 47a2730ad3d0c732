import FoundationEssentials

@testable import Domain

/// An order that every stage would let through, to be spoiled by a test in one place.
let store = "110658143132021760"
let poNumber = "PO-1"

let moment = Date(timeIntervalSince1970: 1_770_000_000)

func line(_ number: Int, _ sku: String, _ quantity: Int, cost: Decimal? = 10, partnerSKU: String? = nil) -> OrderLine {
    var line = OrderLine(quantity: quantity)
    line.lineNumber = number
    line.sku = sku
    line.partnerSKU = partnerSKU
    line.dscoItemID = "item-\(number)"
    line.expectedCost = cost
    return line
}

func package(_ trackingNumber: String, _ items: (line: Int, quantity: Int)...) -> OrderPackage {
    OrderPackage(
        trackingNumber: trackingNumber,
        items: items.map {
            var item = OrderPackage.Item(quantity: $0.quantity)
            item.lineNumber = $0.line
            return item
        })
}

func order(_ lines: OrderLine..., change: (inout Order) -> Void = { _ in }) -> Order {
    var order = Order(dscoOrderID: "1001", poNumber: poNumber, lines: lines.isEmpty ? [line(1, "A", 2), line(2, "B", 1)] : lines)
    order.retailerID = "R1"
    order.dscoStatus = .created
    order.lifecycle = .created
    order.created = moment
    order.shipping.name = "Jane Example"
    order.shipping.address1 = "1 Example St"
    order.shipping.city = "Payette"
    order.shipping.region = "ID"
    order.shipping.postalCode = "83661"
    order.shipping.country = "US"
    order.shipping.phone = "5555550100"
    order.shipWarehouseCode = "WH01"
    order.shippingServiceLevelCode = "FEHD"
    order.shipCarrier = "FedEx"
    order.shipMethod = "Home Delivery"
    change(&order)
    return order
}

func record(_ order: Order, _ status: OrderStatus, change: (inout OrderRecord) -> Void = { _ in }) -> OrderRecord {
    var record = OrderRecord(order: order, status: status, statusSince: moment)
    if status > .pulled { record.identity = OutgoingIdentity(number: poNumber, idType: .poNumber, storeID: store) }
    change(&record)
    return record
}

func configuration(_ change: (inout RuntimeConfiguration) -> Void = { _ in }) -> RuntimeConfiguration {
    var configuration = RuntimeConfiguration()
    configuration.mapping.shop = ["R1": store]
    configuration.mapping.warehouse = ["WH01": "33328"]
    configuration.mapping.shipment = ["WH01-FEHD": "2036"]
    change(&configuration)
    return configuration
}

func row(
    _ number: String, _ status: Int = 5, store storeID: String = store, platform: [String] = [poNumber], isDeleted: Bool = false,
    currency: String? = nil, total: Decimal? = nil, items: [LingXingOrder.Item] = []
) -> LingXingOrder {
    LingXingOrder(
        globalOrderNo: number, storeID: storeID, platformOrderNos: platform, rawStatus: status, isDeleted: isDeleted,
        currency: currency,
        total: total, items: items)
}

func goods(
    _ sellerSKU: String?, _ quantity: Int, sku: String? = nil, _ type: OutboundOrder.BundleType = .plain, id: String? = nil,
    bundle: String? = nil, platform: String? = nil
) -> OutboundOrder.Product {
    OutboundOrder.Product(
        sku: sku, sellerSKU: sellerSKU, quantity: quantity, bundleType: type, lineID: id, bundleLineID: bundle,
        platformOrderNo: platform)
}

func outbound(
    _ number: String, _ trackingNumber: String?, _ products: OutboundOrder.Product..., status: Int = 3,
    store storeID: String = store,
    order globalOrderNo: String = "g1", platform: [String] = [poNumber], carrier: String? = "FEDEX", delivered: Date? = moment,
    stockDelivered: Date? = nil
) -> OutboundOrder {
    OutboundOrder(
        number: number, globalOrderNo: globalOrderNo, platformOrderNos: platform, storeID: storeID, rawStatus: status,
        trackingNumber: trackingNumber, carrier: carrier, delivered: delivered, stockDelivered: stockDelivered, products: products
    )
}

/// A shipment of ours in the ledger: units by line number.
func shipment(_ trackingNumber: String, _ lines: (line: Int, quantity: Int)..., outbound: [String] = ["WO1"]) -> Shipment {
    Shipment(
        dscoOrderID: "1001", poNumber: poNumber, trackingNumber: trackingNumber, outboundNumbers: outbound, shipDate: moment,
        lines: lines.map { Shipment.Line(LineName(lineNumber: $0.line), quantity: $0.quantity) })
}
