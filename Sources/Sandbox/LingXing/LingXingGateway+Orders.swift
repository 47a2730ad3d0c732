import FoundationEssentials

extension LingXingGateway {
    func create(_ body: Wire, _ call: Call) async -> Reply {
        let orders = body["orders"]?.elements ?? []
        var faults: [String] = []
        if body["platform_code"]?.integer != FixedWorld.platformCode { faults.append("platform_code: 平台不支持") }
        let store = body["store_id"]?.text ?? ""
        if !world.retailers.contains(where: { $0.storeID == store }) { faults.append("store_id: 店铺不存在") }
        for (index, order) in orders.enumerated() {
            if (order["wid"] == nil) != (order["logistics_type_id"] == nil) {
                faults.append("orders[\(index)].wid: wid and logistics_type_id only together")
            }
            let country = order["receiver_country_code"]?.text ?? ""
            if country.count != 2 || !country.allSatisfy({ $0.isASCII && $0.isUppercase }) {
                faults.append("orders[\(index)].receiver_country_code: two letters")
            }
            for item in order["items"]?.elements ?? [] where item["sku"] == nil && item["msku"] == nil {
                faults.append("orders[\(index)].items: sku or msku")
            }
        }
        guard faults.isEmpty else {
            effects.violation("\(call.path)_shape", faults.prefix(5).joined(separator: "; "))
            return illegal(.platform, faults)
        }
        var errors: [Wire] = []
        var successes: [Wire] = []
        for (number, result) in await memory.create(store: store, path: call.path, orders: orders) {
            switch result {
            case .created(let global):
                successes.append(["platform_order_no": .string(number), "global_order_no": .string(String(global))])
            case .failed(let text): errors.append(["error_message": .string(text), "platform_order_no": .string(number)])
            }
        }
        return platform(["error_details": .array(errors), "success_details": .array(successes)])
    }

    func list(_ body: Wire, _ call: Call) async -> Reply {
        let numbers = body["platform_order_nos"]?.elements?.compactMap(\.text)
        var query = LingXingWorld.ListQuery(
            numbers: numbers, stores: body["store_id"]?.elements?.compactMap(\.text), status: body["order_status"]?.integer,
            includesDeleted: body["include_delete"]?.boolean ?? false)
        if numbers == nil {
            var faults: [String] = []
            for name in ["date_type", "start_time", "end_time"] where body[name] == nil { faults.append("\(name): \(name)不能为空") }
            if let start = body["start_time"]?.integer, let end = body["end_time"]?.integer {
                if end <= start { faults.append("end_time: 结束时间必须大于开始时间") }
                if end - start > 30 * 86400 { faults.append("end_time: 时间跨度不能超过30天") }
                query.window = (body["date_type"]?.text ?? "", start, end)
            }
            guard faults.isEmpty else {
                effects.violation("\(call.path)_shape", faults.joined(separator: "; "))
                return illegal(.platform, faults)
            }
        }
        let offset = body["offset"]?.integer ?? 0
        let found = await memory.list(query, offset: offset, length: body["length"]?.integer ?? 20)
        // The total is text.
        return platform(["total": .string(String(found.total)), "list": .array(found.rows.map { $0.wire(world) })])
    }

    func cancelOrders(_ body: Wire, _ call: Call) async -> Reply {
        let numbers = body["order_list"]?.elements?.compactMap(\.text) ?? []
        let failures = await memory.cancelOrders(numbers, path: call.path)
        return platform([
            "success_num": .integer(numbers.count - failures.count), "fail_num": .integer(failures.count),
            // The sample of a full failure has 10001 as well: only the counts tell.
            "process_code": failures.isEmpty ? 10002 : 10001,
            "failure_info": .array(failures.map { ["global_order_no": .string($0.number), "message": .string($0.text)] }),
        ])
    }

    func cancelOutbounds(_ body: Wire, _ call: Call) async -> Reply {
        let numbers = body["orderNumbers"]?.elements?.compactMap(\.text) ?? []
        let failures = await memory.interceptOrders(numbers)
        guard !failures.isEmpty else { return basic(.null) }
        return basic([
            "successNum": .integer(numbers.count - failures.count), "failedNum": .integer(failures.count),
            "failedReason": .array(failures.map { ["orderNumber": .string($0.number), "message": .string($0.text)] }),
        ])
    }

    func review(_ body: Wire, _ call: Call) async -> Reply {
        let numbers = body["global_order_no"]?.elements?.compactMap(\.text) ?? []
        let failures = await memory.reviewOrders(numbers)
        let failed = Set(failures.map(\.number))
        return platform(
            [
                "success_num": .integer(numbers.count - failures.count), "fail_num": .integer(failures.count),
                "failure_info": .array(failures.map { ["message": .string($0.text), "global_order_no": .string($0.number)] }),
                "success_info": .array(numbers.filter { !failed.contains($0) }.map { ["global_order_no": .string($0)] }),
            ], message: "success")
    }

    func outbounds(_ body: Wire, _ call: Call) async -> Reply {
        func texts(_ name: String) -> [String]? { body[name]?.elements?.compactMap(\.text) }
        var faults: [String] = []
        func day(_ name: String) -> Date? {
            guard let text = body[name]?.text else { return nil }
            let date = Timestamps.lingXingDay(text)
            if date == nil { faults.append("\(name): Y-m-d") }
            return date
        }
        let start = day("start_date")
        let end = day("end_date")
        if (start == nil) != (end == nil) { faults.append("start_date: start_date and end_date only together") }
        guard faults.isEmpty else {
            effects.violation("\(call.path)_shape", faults.joined(separator: "; "))
            return illegal(.erp, faults)
        }
        let query = LingXingWorld.OutboundQuery(
            platformNumbers: texts("platform_order_no_arr"), orderNumbers: texts("order_number_arr"),
            outboundNumbers: texts("wo_number_arr"),
            shops: body["sid_arr"]?.elements?.compactMap(\.integer),
            statuses: body["status_arr"]?.elements?.compactMap(\.integer),
            timeType: body["time_type"]?.text ?? "create_at", start: start, end: end)
        let size = body["page_size"]?.integer ?? 20
        let found = await memory.outbounds(query, offset: ((body["page"]?.integer ?? 1) - 1) * size, length: size)
        return erp(found.rows.map { $0.wire(world) }, total: found.total)
    }
}
