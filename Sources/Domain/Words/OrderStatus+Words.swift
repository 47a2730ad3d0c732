extension OrderStatus {
    /// The name of the status.
    package var words: Words {
        switch self {
        case .pulled: Words("pulled from DSCO", "已从 DSCO 拉取")
        case .pushed: Words("in LingXing", "已推送至领星")
        case .acknowledged: Words("acknowledged at DSCO", "已向 DSCO 确认接单")
        case .shipped: Words("shipment told to DSCO", "已向 DSCO 回传发货")
        case .invoiced: Words("done", "已完成")
        case .cancelled: Words("cancelled", "已取消")
        }
    }
}
