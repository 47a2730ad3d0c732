extension HoldReason {
    /// What is the matter.
    package var words: Words {
        switch self {
        case .shopUnmapped: Words("The retailer is not mapped to a LingXing store", "零售商未映射到领星店铺")
        case .logisticsUnmapped:
            Words("Warehouse and service level are not mapped to a LingXing logistics method", "仓库与物流服务等级未映射到领星物流方式")
        case .addressIncomplete:
            Words("The shipping address lacks a field that LingXing requires", "收货地址缺少领星必填的字段")
        case .priceMissing: Words("A line has none of the configured unit prices", "有商品行没有任何已配置的单价")
        case .lineUnidentified: Words("Goods and order lines cannot be matched", "商品与订单行无法匹配")
        case .noUnitsLeft: Words("Nothing is left to send: all units are cancelled or packaged", "没有可发的数量：已全部取消或已装箱")
        case .poNumberShared: Words("Another order carries the same PO number", "有其他订单使用相同的采购单号")
        case .cancelRequested: Words("The retailer asks to cancel the order", "零售商请求取消订单")
        case .cancelledAtDSCO: Words("DSCO has cancelled the order", "订单已在 DSCO 取消")
        case .completedAtDSCO: Words("DSCO shows the order as completed, but not through Conveyor", "DSCO 显示订单已完成，但并非由我们发货")
        case .partlyShippedElsewhere: Words("Some units were shipped outside Conveyor", "部分商品已通过其他途径发货")
        case .cancelledInLingXing: Words("The order is cancelled in LingXing", "订单已在领星取消")
        case .deletedInLingXing: Words("The order is missing, deleted or cancelled in LingXing", "订单在领星中不存在、已删除或已取消")
        case .multiplePackages: Words("The order left in several parcels", "订单分多个包裹发货")
        case .quantityMismatch: Words("More units were shipped than the order has left", "发货数量超过订单剩余数量")
        case .refusedByDSCO: Words("DSCO refuses it again and again", "DSCO 多次拒绝")
        case .refusedByLingXing: Words("LingXing refuses it again and again", "领星多次拒绝")
        case .retriesExhausted: Words("All attempts have failed", "已达到最大重试次数")
        case .inDoubt: Words("It is not known whether the partner did it", "不确定对方系统是否已执行")
        case .changedUnderWay:
            Words("The order changed after it went to LingXing, or while an effect was under way", "订单在推送至领星之后或操作进行期间发生了变更")
        case .byOperator: Words("Held by a person", "人工暂停")
        }
    }

    /// What to do about it.
    package var cure: Words {
        switch self {
        case .shopUnmapped: Words("Map the retailer's id in mapping.shop.", "请在 mapping.shop 中映射该零售商编号。")
        case .logisticsUnmapped:
            Words(
                "Add the pair to mapping.shipment, or release the order to let LingXing's staff choose.",
                "请在 mapping.shipment 中添加该组合；或放行，由领星员工选择仓库和物流。")
        case .addressIncomplete:
            Words("Have the retailer correct the address at DSCO; pull brings it.", "请零售商在 DSCO 更正地址，拉单后会自动更新。")
        case .priceMissing:
            Words(
                "Have the price added at DSCO, or add a price field to stages.push.unit_price or stages.invoice.unit_price.",
                "请在 DSCO 补充价格，或在 stages.push.unit_price 或 stages.invoice.unit_price 中增加价格字段。")
        case .lineUnidentified:
            Words(
                "Map the SKU in mapping.sku, or have the line's SKU corrected at DSCO.",
                "请在 mapping.sku 中映射该 SKU，或在 DSCO 更正订单行的 SKU。")
        case .noUnitsLeft:
            Words("Set the status by hand if the order is done or cancelled.", "若订单已完成或已取消，请手动设置状态。")
        case .poNumberShared:
            Words(
                "Set identity to dsco_order_id, or set the status by hand.", "请将 identity 设为 dsco_order_id，或手动设置状态。")
        case .cancelRequested:
            Words(
                "Cancel it with the retailer, or release it to ship all the same.", "请与零售商确认取消；若仍要发货，请放行。")
        case .cancelledAtDSCO:
            Words(
                "Stop the order in LingXing, then set status 6; with stages.push.cancel_in_lingxing on, Conveyor does both where LingXing still allows it.",
                "请在领星中拦截该订单，然后将状态设为 6；启用 stages.push.cancel_in_lingxing 后，可取消的订单会自动处理。")
        case .completedAtDSCO:
            Words(
                "Check who shipped it, stop it in LingXing, then set the status by hand.", "请核实由谁发货，在领星中拦截，然后手动设置状态。")
        case .partlyShippedElsewhere:
            Words(
                "Take the shipped units out of LingXing if it has the order, then release it to carry the rest.",
                "若领星已有该订单，请先在领星中减去已发数量；放行后将继续处理剩余数量。")
        case .cancelledInLingXing:
            Words(
                "Restore it in LingXing, or cancel it with the retailer and set status 6.", "请在领星中恢复该订单；或与零售商确认取消后，将状态设为 6。")
        case .deletedInLingXing:
            Words(
                "Restore it in LingXing; or set status 1 to have it created anew, and release it there if it is held again.",
                "请在领星中恢复该订单；或将状态设为 1 以重新创建，若再次被暂停，请放行。")
        case .multiplePackages:
            Words(
                "Release it to send all parcels, or set stages.ship.packages to all.", "放行以发送全部包裹，或将 stages.ship.packages 设为 all。"
            )
        case .quantityMismatch:
            Words(
                "Check the outbound orders in LingXing; a release sends what is left.", "请核对领星出库单；放行后只发送剩余数量。")
        case .refusedByDSCO:
            Words("Cure what DSCO's words name, then release it.", "请按 DSCO 的提示处理后放行。")
        case .refusedByLingXing:
            Words("Cure what LingXing's words name, then release it.", "请按领星的提示处理后放行。")
        case .retriesExhausted: Words("Read the last error, then release it.", "请查看最后的错误信息后放行。")
        case .inDoubt:
            Words(
                "Release it to look again, or set the status by hand after looking at the partner.", "放行以再次核对，或在对方系统核实后手动设置状态。")
        case .changedUnderWay:
            Words(
                "Carry over to LingXing what changed (address, units), then release it; or set the status by hand.",
                "请在领星中同步变更内容（地址、数量），然后放行；或手动设置状态。")
        case .byOperator: Words("Release it when it may go on.", "可以继续时请放行。")
        }
    }
}
