extension DSCOGateway {
    func acknowledge(_ call: Call) async -> Reply {
        await batch(call, .acknowledge, DSCOShapes.acknowledgement)
    }

    /// An asynchronous call: well formed means queued, nothing more (DSCO contract 2).
    func batch(_ call: Call, _ action: Batch.Action, _ shape: Shape, query: [String] = []) async -> Reply {
        if let refusal = await unknownParameters(call, query) { return refusal }
        guard call.body.count <= settings.bodyLimit else {
            return await broken("body_too_large", call, ["the body of \(call.body.count) bytes is over \(settings.bodyLimit)"])
        }
        guard let rows = (try? Wire(call.body))?.elements else {
            return await broken("body", call, ["the body must be a JSON array"])
        }
        guard !rows.isEmpty else { return await broken("body", call, ["the array is empty"]) }
        let faults = rows.enumerated().flatMap { index, row in Self.faults(row, action, shape).map { "[\(index)] \($0)" } }
        guard faults.isEmpty else { return await broken("\(call.path)_shape", call, faults) }
        let skips = call.parameter("skipItemsThatDontExist") == "true"
        let accepted = await memory.accept(action, path: call.path, rows: rows, skipsUnknown: skips)
        return Reply(
            202,
            [
                "status": "pending", "requestId": .string(accepted.requestID),
                "eventDate": .string(Timestamps.dscoEvent(accepted.at)),
            ])
    }

    /// A synchronous call: the same rules, told at once (DSCO contract 5.2).
    func single(_ call: Call, _ action: Batch.Action, _ shape: Shape) async -> Reply {
        if let refusal = await unknownParameters(call, []) { return refusal }
        guard let row = try? Wire(call.body), row.members != nil else {
            return await broken("body", call, ["the body must be a JSON object"])
        }
        let faults = Self.faults(row, action, shape)
        guard faults.isEmpty else { return await broken("\(call.path)_shape", call, faults) }
        if let refusal = await memory.apply(action, path: call.path, row: row) { return await failure(400, refusal) }
        return Reply(201, ["success": true])
    }

    /// The shape, and what no schema says: an order and an item must be identified (DSCO contract 11.7).
    private static func faults(_ row: Wire, _ action: Batch.Action, _ shape: Shape) -> [String] {
        var faults = shape.faults(in: row)
        guard faults.isEmpty else { return faults }
        switch action {
        case .acknowledge:
            let id = row["id"]?.text ?? row["id"]?.digits ?? ""
            if row["type"] == "DSCO_ORDER_ID", Int(id) == nil { faults.append("id: DSCO_ORDER_ID needs the numeric dscoOrderId") }
        case .ship, .invoice:
            if !OrderKey.allCases.contains(where: { row[$0.member] != nil }) { faults.append("no order id") }
            let items =
                (row["shipments"]?.elements ?? []).flatMap { $0["lineItems"]?.elements ?? [] }
                + (row["lineItems"]?.elements ?? [])
            for item in items where !["dscoItemId", "sku", "partnerSku", "upc", "ean"].contains(where: { item[$0] != nil }) {
                faults.append("an item without id")
            }
        case .stock: break
        }
        return faults
    }
}
