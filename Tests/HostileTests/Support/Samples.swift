import Domain
import FoundationEssentials
import JSON
import Testing

/// Valid documents to be spoiled.
enum Samples {
    /// Whoever this is must never appear in an error.
    static let personal = ["Jane", "Example St", "Payette", "5555550100", "nobody@example.com"]

    static let store = "110658143132021760"
    static let noon = Date(timeIntervalSince1970: 1_769_600_000)

    static let order: JSON = [
        "poNumber": "PO-1", "dscoOrderId": "1001", "dscoStatus": "created", "dscoLifecycle": "acknowledged",
        "dscoRetailerId": "R1",
        "testFlag": false, "currencyCode": "USD", "consumerOrderDate": "2026-01-27T23:58:00+00:00",
        "dscoCreateDate": "2026-01-28T01:15:40+00:00", "dscoLastUpdate": "2026-01-28T01:16:25.250Z",
        "acknowledgeByDate": "2026-01-29T04:59:00+00:00", "shipByDate": "2026-01-29T04:59:00+00:00", "invoiceByDate": nil,
        "shipCarrier": "FedEx", "shipMethod": "Home Delivery", "shippingServiceLevelCode": "FEHD", "shipWarehouseCode": "WH01",
        "requestedShipCarrier": nil, "requestedWarehouseCode": "WH01", "cancelRequested": false,
        "shipping": [
            "name": "Jane Example", "firstName": "Jane", "lastName": "Example", "address": ["1 Example St"],
            "address1": "1 Example St", "city": "Payette", "region": "ID", "postal": "83661", "country": "US",
            "phone": "5555550100",
            "email": "nobody@example.com",
        ],
        "lineItems": [
            [
                "lineNumber": 1, "sku": "SKU-A", "partnerSku": "MSKU-A", "dscoItemId": "1310486901", "quantity": 2,
                "consumerPrice": 54.1, "expectedCost": 30.25, "cancelledQuantity": 0, "title": "Example item",
            ],
            [
                "lineNumber": 2, "sku": "SKU-B", "dscoItemId": "1310486902", "quantity": 1, "retailPrice": "12.5",
                "cancelledQuantity": nil,
            ],
        ],
        "packages": [
            ["trackingNumber": "T-0", "items": [["lineNumber": 2, "sku": "SKU-B", "dscoItemId": "1310486902", "quantity": 0]]]
        ],
    ]

    static let configuration: RuntimeConfiguration = {
        var configuration = RuntimeConfiguration()
        configuration.mapping.shop = ["R1": store]
        configuration.mapping.warehouse = ["WH01": "33328", "WH02": "33329"]
        configuration.mapping.shipment = ["WH01-FEHD": "2036"]
        configuration.mapping.sku = ["SKU-B": "LX-B"]
        return configuration
    }()
}
