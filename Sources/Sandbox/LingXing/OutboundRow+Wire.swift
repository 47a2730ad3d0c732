import FoundationEssentials

extension LingXingWorld.OutboundRow {
    /// A row of `wmsOrderList`, with its odd types (LingXing contract 8.3).
    func wire(_ world: FixedWorld) -> Wire {
        let type = world.logisticsTypes.first { $0.id == order.typeID }
        let warehouse = world.localWarehouses.first { $0.wid == outbound.wid }
        let delivered = outbound.delivered.map(Timestamps.lingXing) ?? ""
        let stockDelivered = outbound.delivered.map { Timestamps.lingXing($0.addingTimeInterval(1)) } ?? ""
        let created = Timestamps.lingXing(outbound.created)
        return [
            "wo_id": .integer(outbound.id), "wo_number": .string(outbound.number), "sid": .integer(Int(order.storeID) ?? 0),
            "wid": .integer(outbound.wid), "warehouse_type": .integer(warehouse?.type ?? 1),
            "order_number": .string(String(order.globalNo)),
            "platform_order_no": .array(order.platformOrderNos.map(Wire.string)), "batch_no": "", "order_from": "手工订单",
            "reference_no": "",
            "deliver_deadline": "", "purchase_time": .string(Timestamps.lingXing(order.created)),
            "payment_time": .string(Timestamps.lingXing(order.created)), "surface_print_time": "0000-00-00 00:00:00",
            "order_print_time": "0000-00-00 00:00:00",
            "waybill_no": .string(outbound.tracking.isEmpty ? "" : "WB\(outbound.tracking)"),
            "tracking_no": .string(outbound.tracking), "package_no": "", "transfer_tracking_no": "", "picker": "",
            "deliverer": "",
            "order_type": .integer(outbound.items.count > 1 ? 2 : 1), "status": .integer(outbound.status.rawValue),
            "status_name": .string(["物流下单", "待出库", "已出库", "已截单"][outbound.status.rawValue - 1]),
            "logistics_status": outbound.tracking.isEmpty ? 3 : 5,
            "logistics_status_name": outbound.tracking.isEmpty ? "下单中" : "已下单",
            "logistics_message": "", "order_customer_service_notes": order.sent["remark"] ?? "",
            "order_buyer_notes": order.sent["buyer_note"] ?? "", "is_check": 0, "is_weigh": 0, "is_surface_print": 0,
            "is_order_print": 0,
            "order_origin_amount": "0.00", "order_currency_code": order.sent["amount_currency"] ?? "USD",
            "delivered_at": .string(delivered),
            "stock_delivered_at": .string(stockDelivered), "process_sn": "",
            // An integer or a string, as it happens.
            "logistics_provider_id": outbound.id.isMultiple(of: 2) ? "203449733648203776" : 203_449_733_648_203_776,
            "logistics_type_id": .string(type?.id ?? "0"), "logistics_provider_name": "Example 3PL",
            "logistics_type_name": .string(type?.name ?? ""), "actual_carrier": .string(type?.level.actualCarrier ?? "FEDEX"),
            "surface_file_type": "", "is_lock_storage": order.stockLocked ? 1 : 0, "is_advance_delivery": 0,
            "apportion_status": 0,
            "apportion_message": "", "remark_attachment": "[]", "platform_payment_time": "", "tag_names": [],
            "seller_name": .string(world.retailers.first { $0.storeID == order.storeID }?.name ?? ""), "site_text": "[Custom].",
            "platform_name": "Custom", "package_delivered_data": [], "warehouse_name": .string(warehouse?.name ?? ""),
            "pkg_weight": "0.000", "pkg_real_weight": "0.000", "pkg_fee_weight": "0.000", "pkg_weight_unit": "g",
            "pkg_size_unit": "cm",
            "logistics_estimated_freight": "0.00", "logistics_freight": "0.00", "logistics_freight_currency_code": "",
            "consignee": order.sent["receiver_name"] ?? "", "consignee_postcode": order.sent["postal_code"] ?? "",
            "consignee_address": order.sent["address_line1"] ?? "", "target_country": "美国", "recipient_tax_no": "",
            "sender_tax_no": "",
            "create_at": .string(created), "update_at": .string(Timestamps.lingXing(outbound.updated)), "logistics_way": 2,
            "cancel_status": 0, "cancel_message": "", "delivery_status": outbound.status == .shipped ? 23 : 20,
            "delivery_message": "",
            "logistics_success_time": outbound.tracking.isEmpty ? "" : .string(created), "surface_file_id": 0,
            "surface_file": ["uri": "", "ext": "", "size": ""], "product_info": .array(products),
        ]
    }

    /// A bundle appears as itself (1) and as its parts (2): count either, never both.
    private var products: [Wire] {
        outbound.items.enumerated().flatMap { index, item -> [Wire] in
            let id = item.id % 1_000_000_000
            let own = product(
                id: id, sku: item.localSKU ?? "", count: item.quantity, bundle: parts[index].isEmpty ? 0 : 1, parent: 0,
                msku: item.msku, price: item.price, number: item.platformOrderNo)
            return [own]
                + parts[index].enumerated().map { part, goods in
                    product(
                        id: id + part + 1, sku: goods.localSKU, count: goods.count * item.quantity, bundle: 2, parent: id,
                        msku: "", price: "0.00", number: item.platformOrderNo)
                }
        }
    }

    private func product(
        id: Int, sku: String, count: Int, bundle: Int, parent: Int, msku: String, price: String, number: String?
    ) -> Wire {
        [
            "wod_id": .integer(id), "product_id": .integer(id % 100_000), "sku": .string(sku), "stock_sid": "0",
            "stock_seller_name": "",
            "bundle_type": .integer(bundle), "bundle_wod_id": .integer(parent), "product_name": .string("商品 \(sku)"),
            "count": .integer(count), "seller_sku": .string(msku), "customization": "", "item_unit_price": .string(price),
            "item_total_price": .string(Money.decimal(price).map { "\($0 * Decimal(count))" } ?? "0.00"),
            "real_weight_total": "0.00",
            "cn_name": "", "en_name": "", "unit_price": "", "currency_code": "$", "declared_currency_icon": "",
            "stock_cost": "0.000000",
            "third_product_name": "", "third_product_code": "", "sid": .string(order.storeID),
            "platform_order_no": .string(number ?? order.platformOrderNo),
        ]
    }
}
