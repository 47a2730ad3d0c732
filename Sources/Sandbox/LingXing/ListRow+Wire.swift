import FoundationEssentials

extension LingXingWorld.ListRow {
    /// A row of `order/v2/list`, with its odd types (LingXing contract 8.2 and 11).
    func wire(_ world: FixedWorld) -> Wire {
        let type = world.logisticsTypes.first { $0.id == order.typeID }
        let warehouse = world.localWarehouses.first { $0.wid == order.wid }
        let last = outbounds.last { $0.status != .intercepted }
        return .compact([
            ("global_order_no", .string(String(order.globalNo))), ("original_global_order_no", .null),
            ("store_id", .string(order.storeID)),
            ("order_from_name", "手工订单"), ("delivery_type", 2),
            ("split_type", !order.merged.isEmpty ? "2" : order.split ? "3" : "1"),
            ("status", .integer(order.status.rawValue)), ("status_sub", 0), ("flow_node", 0),
            ("is_delete", order.deleted ? 1 : 0),
            ("wid", .string(String(order.wid ?? 0))), ("warehouse_name", .optional(warehouse?.name)), ("reference_no", ""),
            ("supplier_id", .null), ("amount_currency", order.sent["amount_currency"] ?? "USD"),
            ("remark", order.sent["remark"] ?? ""),
            ("update_time", .string(Self.epoch(order.updated))),
            ("global_purchase_time", order.sent["global_purchase_time"] ?? Self.number(order.created)),
            ("global_payment_time", order.sent["global_payment_time"] ?? Self.number(order.created)),
            ("global_review_time", order.reviewed.map(Self.number) ?? .null),
            ("global_distribution_time", order.reviewed.map(Self.number) ?? .null), ("global_print_time", .null),
            ("global_mark_time", 0),
            ("global_delivery_time", order.delivered.map(Self.number) ?? 0),
            ("global_cancel_time", order.cancelled.map(Self.number) ?? 0),
            ("global_latest_ship_time", "0"), ("global_create_time", .string(Timestamps.lingXing(order.created))),
            (
                "order_tag",
                order.isPaired ? [] : [["tag_type": "系统处理类型", "tag_no": "3-8", "tag_name": "商品未配对"]]
            ), ("exception_order_tag", []), ("pending_order_tag", []), ("customer_shipping_list", .null),
            ("order_custom_fields", .null),
            ("item_info", .array(order.items.enumerated().map { item($0.element, number: $0.offset + 1) })),
            ("platform_info", .array(order.platformOrderNos.map(platform))),
            ("logistics_info", logistics(type, last)), ("transaction_info", [transaction]), ("buyers_info", buyer),
            ("address_info", address), ("payment_info", []),
        ])
    }

    private static func number(_ date: Date) -> Wire { .integer(Int(date.timeIntervalSince1970)) }

    private static func epoch(_ date: Date) -> String { String(Int(date.timeIntervalSince1970)) }

    private func item(_ item: LingXingOrder.Item, number: Int) -> Wire {
        let total = Money.decimal(item.price).map { "\($0 * Decimal(item.quantity))" } ?? "0.00"
        return [
            "id": .string(String(item.id % 100_000_000)), "global_item_no": .string(String(item.id)),
            "platform_order_no": .string(item.platformOrderNo ?? order.platformOrderNo),
            "order_item_no": .string("\(order.platformOrderNo)-\(number)"),
            "item_from_name": "线上", "msku": .string(item.msku), "local_sku": .string(item.localSKU ?? ""),
            "local_product_name": "",
            "product_no": "", "title": "", "variant_attr": "", "quantity": .integer(item.quantity), "remark": "",
            "platform_status": "",
            "type": "产品", "is_bundled": 0, "sub_products": [], "customized_url": .null, "unit_price_amount": .string(item.price),
            "item_price_amount": .string(total), "discount_amount": "0.00", "tax_amount": "0.00",
            "customer_shipping_amount": "0.00",
            "sales_revenue_amount": .string(total), "stockCost": .null, "platform_subsidy_amount": "", "stock_deduct_id": "0",
            "stock_deduct_name": .null, "data_json": "", "item_custom_fields": .null, "is_delete": 0,
        ]
    }

    private func platform(_ number: String) -> Wire {
        [
            "order_from": "手工订单", "platform_order_no": .string(number), "platform_order_name": .string(number),
            "platform_code": .string(String(FixedWorld.platformCode)),
            "store_Country_code": "US", "status": "", "payment_status": "", "shipping_status": "",
            "purchase_time": order.sent["global_purchase_time"] ?? 0, "payment_time": 0, "latest_ship_time": 0, "cancel_time": 0,
            "delivery_time": 0,
        ]
    }

    private func logistics(_ type: FixedWorld.LogisticsType?, _ outbound: Outbound?) -> Wire {
        [
            "status": outbound.map { $0.tracking.isEmpty ? 1 : 2 } ?? 0, "logistics_type_id": .string(type?.id ?? "0"),
            "logistics_type_name": .optional(type?.name), "logistics_provider_id": type == nil ? "0" : "203449733648203776",
            "logistics_provider_name": type == nil ? .null : "Example 3PL",
            "actual_carrier": .string(type?.level.actualCarrier ?? ""),
            "waybill_no": .string(outbound?.tracking ?? ""), "tracking_no": .string(outbound?.tracking ?? ""), "mark_no": "",
            "logistics_time": .null, "pre_weight": .number("0.0"), "pre_fee_weight_unit": "g", "pre_cost_amount": "-￥0.00",
            "cost_amount": "￥0.00", "cost_currency_code": "", "pkg_size_unit": "",
        ]
    }

    private var transaction: Wire {
        ["order_item_no": "", "sales_revenue_amount": "￥49.16", "profit_amount": "-￥0.00", "platform_subsidy_amount": ""]
    }

    private var buyer: Wire {
        [
            "buyer_no": "", "buyer_email": order.sent["buyer_email"] ?? "", "buyer_name": order.sent["buyer_name"] ?? "",
            "buyer_note": order.sent["buyer_note"] ?? "",
        ]
    }

    private var address: Wire {
        let names = [
            "receiver_name", "receiver_mobile", "receiver_country_code", "city", "state_or_region", "address_line1",
            "address_line2",
            "address_line3", "district", "postal_code", "doorplate_no",
        ]
        return .object(
            names.map { Wire.Member($0, order.sent[$0] ?? "") } + [.init("receiver_tel", ""), .init("company_name", .null)])
    }
}
