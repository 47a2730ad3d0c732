extension EventKind {
    /// The word at the beginning of the line.
    package var words: Words {
        switch self {
        case .pulled: Words("pulled", "已拉取")
        case .refreshed: Words("refreshed", "已更新")
        case .unreadable: Words("unreadable", "无法读取")
        case .advanced: Words("advanced", "已推进")
        case .waits: Words("waits", "等待")
        case .held: Words("held", "已暂停")
        case .marked: Words("marked", "已标记")
        case .released: Words("released", "已放行")
        case .failed: Words("failed", "失败")
        case .cancelled: Words("cancelled", "已取消")
        case .notCancelled: Words("not cancelled", "未能取消")
        case .confirmed: Words("confirmed", "对方已确认")
        case .refused: Words("refused", "被拒绝")
        case .notExecuted: Words("not executed", "未执行")
        case .notSent: Words("not sent", "未发送")
        case .unknown: Words("no answer", "无应答")
        case .inDoubt: Words("in doubt", "存疑")
        case .lacking: Words("not there", "对方没有")
        case .adopted: Words("already there", "对方已有")
        case .wouldSend: Words("would send", "拟发送（写入已关闭）")
        case .replayed: Words("replayed", "已重放")
        case .notAtStage: Words("not at stage", "不在该环节")
        case .statusSet: Words("status set", "状态已修改")
        }
    }

    /// The words of what the line's text names by its code, where it does.
    package func meaning(of text: String) -> Words? {
        switch self {
        case .held, .marked, .released: HoldReason(rawValue: text)?.words
        case .waits: WaitReason(rawValue: text)?.words
        default: nil
        }
    }
}
