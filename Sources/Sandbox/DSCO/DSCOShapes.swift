/// The bodies of DSCO's calls (DSCO contract 4 to 7).
enum DSCOShapes {
    static let acknowledgement = Shape(
        ["id": .identifier, "type": .choice(OrderKey.allCases.map(\.rawValue))],
        optional: ["supplierOrderNumber": .name(), "poAcknowledgement": .any])

    private static let orderIDs: [String: Shape.Kind] = [
        "dscoOrderId": .name(), "poNumber": .name(), "supplierOrderNumber": .name(),
    ]

    private static let itemIDs: [String: Shape.Kind] = [
        "dscoItemId": .name(), "sku": .name(), "partnerSku": .name(limit: 90), "upc": .name(), "ean": .name(), "gtin": .name(),
        "isbn": .name(), "mpn": .name(), "lineNumber": .integer(0...1_000_000), "title": .text(),
    ]

    static let shipments = Shape(["shipments": .list(.object(shipment), 1...1000)], optional: orderIDs)

    private static let shipment = Shape(
        ["trackingNumber": .name(), "lineItems": .list(.object(shippedItem), 1...1000)],
        optional: [
            "trackingUrl": .name(), "shipCarrier": .name(), "shipMethod": .name(), "shippingServiceLevelCode": .name(),
            "shipWeightUnits": .name(), "currencyCode": .name(), "warehouseCode": .name(), "warehouseRetailerCode": .name(),
            "warehouseDscoId": .name(), "ssccBarcode": .name(), "carrierManifestId": .name(),
            "referenceNumberQualifier": .choice(["2I", "BM", "CN", "MB", "OC"]), "transactionId": .name(),
            "vendorInvoiceNumber": .name(),
            "shipDate": .date, "transactionDate": .date, "shipCost": .number, "shipWeight": .number, "balanceDue": .number,
            "numberOfLineItems": .integer(0...1000), "untracked": .bool, "shipFrom": .any, "shipTo": .any, "transaction": .any,
            "packageDetails": .any,
        ])

    private static let shippedItem = Shape(
        ["quantity": .integer(1...1_000_000)],
        optional: itemIDs.merging(
            [
                "packageSpanFlag": .bool, "retailerItemIds": .list(.text(), 0...100), "serialNumbers": .list(.text(), 0...1000),
                "departmentId": .text(), "departmentName": .text(), "merchandisingAccountId": .text(),
                "merchandisingAccountName": .text(),
                "notes": .text(),
            ]
        ) { first, _ in first })

    static let invoice = Shape(
        ["invoiceId": .name(), "totalAmount": .number],
        optional: orderIDs.merging(
            [
                "currencyCode": .name(limit: 3), "buyerId": .name(), "sellerId": .name(), "sellerInvoiceNumber": .name(),
                "consumerOrderNumber": .name(), "externalBatchId": .name(), "dscoTradingPartnerName": .name(),
                "dscoTradingPartnerParentId": .name(), "invoiceDate": .date, "lineItemsSubtotal": .number,
                "subtotalExcludingLineItems": .number, "handlingAmount": .number, "freightAmount": .number,
                "salesTaxAmount": .number,
                "expectedOrderTotalAmount": .number, "expectedOrderTotalDifference": .number,
                "amountOfSalesTaxCollected": .number,
                "taxableAmountOfSale": .number, "numberOfLineItems": .integer(0...10_000), "originId": .integer(0...1_000_000),
                "flsaComplianceFlag": .bool, "orderType": .choice(["Dropship", "Marketplace", "Wholesale", "Mixed"]),
                "charges": .list(.object(charge), 0...100), "credits": .list(.object(charge), 0...100),
                "taxes": .list(.any, 0...100),
                "lineItems": .list(.object(invoiceLine), 0...10_000), "terms": .any, "shipFrom": .any, "shipTo": .any,
                "buyer": .any,
                "remitTo": .any, "seller": .any, "ship": .object(invoiceShip),
            ]
        ) { first, _ in first })

    private static let charge = Shape(["title": .name(), "amount": .number])

    private static let invoiceShip = Shape(
        [:],
        optional: [
            "trackingNumber": .name(), "carrier": .name(), "method": .name(), "serviceLevelCode": .name(), "date": .date,
            "weight": .number,
            "weightUnits": .choice(["lb", "oz", "g", "kg"]), "numberOfUnitsShipped": .integer(0...1_000_000),
            "unitOfMeasure": .name(),
            "warehouseCode": .name(), "warehouseRetailerCode": .name(), "warehouseDscoId": .name(), "ssccBarcode": .name(),
            "carrierManifestId": .name(), "storeNumber": .name(), "transportationMethodCode": .name(),
            "referenceNumberQualifier": .name(),
        ])

    private static let invoiceLine = Shape(
        ["quantity": .integer(1...1_000_000), "unitPrice": .number],
        optional: itemIDs.merging(
            [
                "basisOfUnitPrice": .name(), "unitOfMeasure": .name(), "extendedAmount": .number, "handlingAmount": .number,
                "subtotal": .number, "promotionReference": .name(), "promotionAmount": .number, "shipDate": .date,
                "trackingNumber": .name(),
                "shipCarrier": .name(), "shipMethod": .name(), "shippingServiceLevelCode": .name(), "shipAmount": .number,
                "shipWeight": .number, "shipWeightUnits": .name(), "warehouseCode": .name(), "warehouseRetailerCode": .name(),
                "warehouseDscoId": .name(), "ssccBarcode": .name(), "dscoPackageId": .integer(0...Int.max), "msrp": .number,
                "serialNumbers": .list(.text(), 0...1000), "taxes": .list(.any, 0...100), "amountOfSalesTaxCollected": .number,
                "taxableAmountOfSale": .number, "storeNumber": .name(), "carrierManifestId": .name(),
            ]
        ) { first, _ in first })

    /// Status and quantity are required by the text, not by the schema (DSCO contract 7).
    static let inventory = Shape(
        [
            "sku": .name(limit: 90), "warehouses": .list(.object(warehouse), 1...1000),
            "status": .choice(["in-stock", "out-of-stock", "discontinued", "hidden"]),
            "quantityAvailable": .integer(0...100_000_000),
        ],
        optional: [
            "dscoItemId": .name(), "upc": .name(), "ean": .name(), "mpn": .name(), "isbn": .name(), "gtin": .name(),
            "departmentId": .name(), "partnerSkuMap": .any, "assortments": .any, "quantityOnOrder": .integer(0...100_000_000),
            "estimatedAvailabilityDate": .date, "inventoryByContext": .any, "cost": .number, "currencyCode": .name(limit: 3),
            "msrp": .number, "listingPrices": .any, "title": .text(), "brand": .text(), "backstop": .any,
            "retailModelRules": .any,
        ])

    private static let warehouse = Shape(
        ["code": .name(), "quantity": .integer(0...100_000_000)],
        optional: [
            "quantityOnOrder": .integer(0...100_000_000), "cost": .number, "status": .name(), "estimatedAvailabilityDate": .date,
            "dscoId": .name(), "inventoryByContext": .any,
        ])
}
