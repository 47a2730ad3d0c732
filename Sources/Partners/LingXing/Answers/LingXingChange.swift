import Domain
package import FoundationEssentials
import JSON

/// What a row of LingXing's order list says in a list of changes (LingXing contract 8.2): whose turn it may be. Whatever is to be decided is
/// decided from all rows of the order, looked up by its numbers.
package struct LingXingChange: Sendable, Hashable {
    package var globalOrderNo: String
    package var storeID: String
    package var platformOrderNos: [String]
    /// `LingXingOrder.Status` as received.
    package var rawStatus: Int
    package var isDeleted: Bool
    package var updated: Date?

    init(_ row: JSONReader) throws(JSONError) {
        let fields = row.value
        globalOrderNo = try row.id("global_order_no")
        storeID = try row.id("store_id")
        platformOrderNos = fields.platformOrderNumbers
        rawStatus = try row.int("status")
        isDeleted = fields["is_delete"]?.bool ?? false
        updated = LingXingTime.epoch(fields["update_time"])?.ifPlausible
        guard !platformOrderNos.isEmpty else { throw row.missing("platform_info") }
    }
}
