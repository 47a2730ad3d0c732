/// The bodies of LingXing's calls (LingXing contract 8).
enum LingXingShapes {
    static func create(limit: Int) -> Shape {
        Shape(["platform_code": .integer(10001...10099), "store_id": .name(), "orders": .list(.object(order), 1...limit)])
    }

    private static let epoch = Shape.Kind.integer(1_000_000_000...9_999_999_999)

    private static let order = Shape(
        [
            "platform_order_no": .name(limit: 200), "receiver_name": .name(), "receiver_country_code": .name(limit: 2),
            "city": .name(),
            "address_line1": .name(), "items": .list(.object(item), 1...500),
        ],
        optional: [
            "wid": .name(), "logistics_type_id": .name(), "amount_currency": .name(limit: 3), "customer_shipping_amount": .amount,
            "customer_tax_amount": .amount, "order_total_amount": .amount, "global_purchase_time": epoch,
            "global_payment_time": epoch,
            "buyer_note": .text(), "remark": .text(), "site_code": .text(), "address_type": .integerChoice([1, 2]),
            "buyer_choose_express": .text(), "receiver_company_name": .text(),
            "sender_tax_type": .integerChoice([1, 2, 3, 4, 5, 7]),
            "sender_tax_no": .text(), "shipping_info": .any, "order_custom_fields": .any, "state_or_region": .text(),
            "postal_code": .text(),
            "district": .text(), "doorplate_no": .text(), "address_line2": .text(), "address_line3": .text(),
            "receiver_mobile": .text(),
            "buyer_email": .text(), "buyer_name": .text(),
        ])

    private static let item = Shape(
        ["quantity": .integer(1...1_000_000), "unit_price": .amount],
        optional: ["sku": .name(), "msku": .name(), "stock_deduction_type": .identifier, "item_custom_fields": .any])

    static let list = Shape(
        ["offset": .integer(0...10_000_000), "length": .integer(20...500)],
        optional: [
            "date_type": .choice([
                "update_time", "global_purchase_time", "global_delivery_time", "global_payment_time", "delivery_time",
            ]),
            "start_time": epoch, "end_time": epoch, "platform_order_nos": .list(.name(), 1...200),
            "platform_order_names": .list(.name(), 1...200), "store_id": .list(.name(), 1...200),
            "platform_code": .list(.identifier, 1...50),
            "order_status": .integer(1...9), "platform_shipping_status": .list(.name(), 1...10),
            "platform_payment_status": .list(.name(), 1...10), "include_delete": .bool,
        ])

    static func outbounds(numbers: Int) -> Shape {
        Shape(
            [:],
            optional: [
                "page": .integer(1...1_000_000), "page_size": .integer(1...200), "sid_arr": .list(.integer(1...Int.max), 1...200),
                "status_arr": .list(.integer(1...4), 1...4), "logistics_status_arr": .list(.integer(1...43), 1...20),
                "platform_order_no_arr": .list(.name(), 1...numbers), "order_number_arr": .list(.name(), 1...numbers),
                "wo_number_arr": .list(.name(), 1...numbers),
                "time_type": .choice(["create_at", "delivered_at", "stock_delivered_at", "update_at"]),
                "start_date": .name(limit: 10),
                "end_date": .name(limit: 10),
            ])
    }

    static let inventory = Shape(
        [:], optional: ["wid": .name(), "offset": .integer(0...10_000_000), "length": .integer(1...800), "sku": .name()])

    static let warehouses = Shape(
        [:],
        optional: [
            "type": .integerChoice([1, 3, 4, 6]), "sub_type": .integerChoice([1, 2]), "is_delete": .choice(["0", "1", "0,1"]),
            "offset": .integer(0...10_000_000), "length": .integer(1...1000),
        ])

    static let shops = Shape(
        ["offset": .integer(0...10_000_000), "length": .integer(1...200)],
        optional: [
            "platform_code": .list(.identifier, 1...50), "is_sync": .integerChoice([0, 1]), "status": .integerChoice([0, 1]),
        ])

    static let cancelOrders = Shape(["order_list": .list(.name(), 1...200)])

    static let cancelOutbounds = Shape(
        ["orderNumbers": .list(.name(), 1...200), "tagType": .choice(["3-5", "3-17"])], optional: ["orderComment": .text()])

    static let logisticsTypes = Shape([
        "param": .object(
            Shape(
                ["provider_type": .integerChoice([0, 1, 2, 4])],
                optional: ["page": .integer(1...1_000_000), "length": .integer(1...200)]))
    ])

    static let pairs = Shape(
        ["length": .integer(1...200)],
        optional: [
            "offset": .integer(0...10_000_000), "msku": .list(.name(), 1...200), "sku": .list(.name(), 1...200),
            "start_time": .name(),
            "end_time": .name(), "platform_codes": .list(.identifier, 1...50), "store_ids": .list(.name(), 1...200),
            "use_cursor": .bool,
            "cursor_id": .identifier,
        ])

    static let review = Shape(["global_order_no": .list(.name(), 1...200)])
}
