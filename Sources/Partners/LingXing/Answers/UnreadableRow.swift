import JSON

/// A row that breaks LingXing's contract, with as much of its identity as can be read.
package struct UnreadableRow: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the answer and what is wrong there, never what stands there.
    package let words: String
    package let globalOrderNo: String?
    package let storeID: String?
    /// Empty when the row does not say.
    package let platformOrderNos: [String]
    /// Of a stock row: the local SKU.
    package let sku: String?

    init(_ row: JSONView, _ error: JSONError) {
        words = error.description
        globalOrderNo = row.id("global_order_no") ?? row.id("order_number")
        storeID = row.id("store_id") ?? row.id("sid")
        platformOrderNos = row.platformOrderNumbers
        sku = row.filled("sku")
    }

    package var description: String {
        let name = globalOrderNo.map { " \($0)" } ?? ""
        return "LingXing shows a row\(name) that cannot be read: \(words)"
    }
}

extension JSONView {
    /// The platform order numbers of a row of the order list (`platform_info`), or of the outbound list (`platform_order_no`, an array
    /// or one number), each once.
    var platformOrderNumbers: [String] {
        let own = self["platform_order_no"].map { $0.array ?? [$0] } ?? []
        let listed = self["platform_info"]?.array?.compactMap { $0["platform_order_no"] } ?? []
        return (own + listed).compactMap { $0.text.map(RequestBody.canonical) }
            .reduce(into: []) { if !$1.isEmpty, !$0.contains($1) { $0.append($1) } }
    }
}
