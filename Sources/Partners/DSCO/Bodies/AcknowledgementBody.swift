package import Domain
package import JSON

/// `POST /order/acknowledge` (DSCO contract 4.1).
package enum AcknowledgementBody {
    /// One element of the array. The change log answers with the same `id` and `type`.
    package static func element(_ acknowledgement: Acknowledgement) -> JSON {
        var object = JSONObject()
        object.add("id", acknowledgement.id)
        object.add("type", acknowledgement.type.rawValue)
        object.add("supplierOrderNumber", acknowledgement.supplierOrderNumber)
        return .object(object)
    }

    package static func batches(
        _ acknowledgements: [Acknowledgement], largestBody: Int = DSCOBatching.largestBody
    ) -> [DSCOBatch<Acknowledgement>] {
        DSCOBatching.cut(acknowledgements, largestBody: largestBody, element: element)
    }
}
