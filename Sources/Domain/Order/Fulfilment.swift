package import FoundationEssentials
package import JSON

/// What was shipped of an order, kept on its row by ship and read by invoice (design 6).
package struct Fulfilment: LedgerValue, Sendable, Hashable {
    /// Units of one line that left in one parcel by one outbound order: what an invoice per outbound order is made of.
    package struct Goods: LedgerValue, Sendable, Hashable {
        package var outboundNumber: String
        package var trackingNumber: String
        package var line: LineName
        package var quantity: Int

        package init(outboundNumber: String, trackingNumber: String, line: LineName, quantity: Int) {
            self.outboundNumber = outboundNumber
            self.trackingNumber = trackingNumber
            self.line = line
            self.quantity = quantity
        }

        package init(_ json: JSONReader) throws(JSONError) {
            self.init(
                outboundNumber: try json.string("outboundNumber"), trackingNumber: try json.string("trackingNumber"),
                line: try LineName(json.require("line")), quantity: try json.int("quantity"))
        }

        package var json: JSON {
            [
                "outboundNumber": .string(outboundNumber), "trackingNumber": .string(trackingNumber), "line": line.json,
                "quantity": .number(JSONNumber(quantity)),
            ]
        }
    }

    /// The parcels told to DSCO, in order of their tracking numbers.
    package var shipments: [Shipment]
    /// The same units by outbound order, as far as LingXing's outbound orders tell.
    package var goods: [Goods]
    /// The currency and total that LingXing shows for the order, when seen: never billed, a difference is shown.
    package var lingXingCurrency: String?
    package var lingXingTotal: Decimal?

    package init(shipments: [Shipment], goods: [Goods] = [], lingXingCurrency: String? = nil, lingXingTotal: Decimal? = nil) {
        self.shipments = shipments
        self.goods = goods
        self.lingXingCurrency = lingXingCurrency
        self.lingXingTotal = lingXingTotal
    }

    package init(_ json: JSONReader) throws(JSONError) {
        self.init(
            shipments: try Shipment.list(json, "shipments"), goods: try Goods.list(json, "goods"),
            lingXingCurrency: try json.string(ifPresent: "lingXingCurrency"),
            lingXingTotal: try json.decimal(ifPresent: "lingXingTotal"))
    }

    package var json: JSON {
        var object: JSONObject = ["shipments": Shipment.list(shipments), "goods": Goods.list(goods)]
        object.add("lingXingCurrency", lingXingCurrency)
        object.add("lingXingTotal", lingXingTotal)
        return .object(object)
    }
}
