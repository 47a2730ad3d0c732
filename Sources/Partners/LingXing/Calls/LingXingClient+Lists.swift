import JSON
package import PartnerHTTP

/// A shop of LingXing: what `mapping.shop` points at (LingXing contract 8.7).
package struct LingXingShop: Sendable, Hashable {
    package var storeID: String
    package var name: String
    package var platformCode: String?
    package var platformName: String?
    package var currency: String?
    package var isEnabled: Bool
    package var isAuthorised: Bool
}

/// A logistics method: what `mapping.shipment` points at (LingXing contract 8.7).
package struct LingXingLogisticsType: Sendable, Hashable {
    package var id: String
    package var name: String
    package var code: String?
    package var provider: String?
    /// The one warehouse that a method of an overseas warehouse belongs to.
    package var wid: String?
    package var isUsed: Bool
}

extension LingXingClient {
    /// All shops (`getSellerList`) that can be read.
    package func sellers(permit: ContinuousClock.Instant? = nil) async throws(PartnerError) -> [LingXingShop] {
        let walk = ListWalk<LingXingShop, String>(length: 200, demand: .best) { $0.storeID }
        return try await walk.rows(of: .sellers) { offset, _ async throws(PartnerError) in
            let parameters: JSONObject = ["offset": .number(JSONNumber(offset)), "length": .number(JSONNumber(walk.length))]
            return try await call(.sellers, parameters, permit: permit) { answer throws(JSONError) in
                try Page(answer.data["list"], total: answer.data["total"], path: "data.list") { row throws(JSONError) in
                    try LingXingShop(row)
                }
            }
        }.readable
    }

    /// The logistics methods in use, of all four kinds of provider (`listUsedLogisticsType`), that can be read.
    package func logisticsTypes(permit: ContinuousClock.Instant? = nil) async throws(PartnerError) -> [LingXingLogisticsType] {
        var types: [LingXingLogisticsType] = []
        for provider in [0, 1, 2, 4] {
            let walk = ListWalk<LingXingLogisticsType, [String?]>(length: 200, demand: .best) { [$0.id, $0.wid] }
            types += try await walk.rows(of: .logisticsTypes) { _, pages async throws(PartnerError) in
                let parameters: JSONObject = [
                    "param": [
                        "provider_type": .number(JSONNumber(provider)), "page": .number(JSONNumber(pages + 1)),
                        "length": .number(JSONNumber(walk.length)),
                    ]
                ]
                return try await call(.logisticsTypes, parameters, permit: permit) { answer throws(JSONError) in
                    try Page(answer.data, total: answer.total, path: "data") { row throws(JSONError) in
                        try LingXingLogisticsType(row)
                    }
                }
            }.readable
        }
        return types
    }
}

extension LingXingShop {
    fileprivate init(_ row: JSONReader) throws(JSONError) {
        let fields = row.value
        self.init(
            storeID: try row.id("store_id"), name: fields.filled("store_name") ?? "",
            platformCode: fields.filled("platform_code"),
            platformName: fields.filled("platform_name"), currency: fields.filled("currency"),
            isEnabled: fields["is_sync"]?.bool ?? true, isAuthorised: fields["status"]?.bool ?? true)
    }
}

extension LingXingLogisticsType {
    fileprivate init(_ row: JSONReader) throws(JSONError) {
        let fields = row.value
        self.init(
            id: try row.id("type_id"), name: fields.filled("name") ?? "", code: fields.filled("code"),
            provider: fields.filled("logistics_provider_name"), wid: fields.id("wid"), isUsed: fields["is_used"]?.bool ?? true)
    }
}
