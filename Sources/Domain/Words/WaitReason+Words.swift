extension WaitReason {
    /// What the order waits for.
    package var words: Words {
        switch self {
        case .notReleased: Words("DSCO has not released the order to the supplier yet", "DSCO 尚未向供应商放行订单")
        case .notReviewed: Words("LingXing's staff have not reviewed the order yet", "领星尚未审核订单")
        case .notShipped: Words("Nothing has left the warehouse yet", "仓库尚未发货")
        case .partlyShipped: Words("LingXing does not show every unit as shipped yet", "领星尚未显示全部商品已发货")
        case .confirming: Words("Sent; the partner's confirmation is awaited", "已发送，等待对方确认")
        case .backingOff: Words("The last attempt failed; the next one comes by itself", "上次尝试失败，将自动重试")
        case .writeOff: Words("Sending is switched off for this stage (write: false)", "该环节已关闭写入（write: false）")
        case .circuitOpen: Words("The partner is out of service; it is tried again by itself", "对方系统不可用，将自动重试")
        }
    }
}
