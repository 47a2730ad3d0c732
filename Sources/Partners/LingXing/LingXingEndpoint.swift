/// One call of LingXing's OpenAPI, with what the rest of the client must know about it.
package struct LingXingEndpoint: Sendable, Hashable {
    package let method: String
    package let path: String
    /// Calls that may be under way at once for one app id and path, over all workers (LingXing contract 5).
    package let capacity: Int
    /// Whether it changes nothing: a read repeats freely, a write is reconciled.
    package let isRead: Bool

    private init(_ path: String, capacity: Int, isRead: Bool = true) {
        self.method = "POST"
        self.path = path
        self.capacity = capacity
        self.isRead = isRead
    }

    package static let createOrders = LingXingEndpoint("/pb/mp/order/v2/create", capacity: 10, isRead: false)
    package static let listOrders = LingXingEndpoint("/pb/mp/order/v2/list", capacity: 10)
    package static let cancelOrders = LingXingEndpoint("/pb/mp/order/v2/cancelOrder", capacity: 10, isRead: false)
    package static let cancelOutbound = LingXingEndpoint("/basicOpen/wmsOrder/cancel", capacity: 1, isRead: false)
    package static let wmsOrders = LingXingEndpoint("/erp/sc/routing/wms/order/wmsOrderList", capacity: 1)
    package static let inventory = LingXingEndpoint("/erp/sc/routing/data/local_inventory/inventoryDetails", capacity: 1)
    package static let warehouses = LingXingEndpoint("/erp/sc/data/local_inventory/warehouse", capacity: 1)
    package static let sellers = LingXingEndpoint("/pb/mp/shop/v2/getSellerList", capacity: 10)
    package static let logisticsTypes = LingXingEndpoint("/erp/sc/routing/wms/WmsLogistics/listUsedLogisticsType", capacity: 1)

    /// The two token calls are not signed. A new token is harmless to ask for twice; a refresh token works once.
    static let accessToken = LingXingEndpoint("/api/auth-server/oauth/access-token", capacity: 100)
    static let refreshToken = LingXingEndpoint("/api/auth-server/oauth/refresh", capacity: 100, isRead: false)
}
