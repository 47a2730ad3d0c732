import Domain
import FoundationEssentials
import Store

extension OrderDetail {
    /// The order on one screen: where it stands, why, what was sent, what happened.
    func text(_ language: Language, now: Date) -> String {
        var sections = [order.heading, facts(language)]
        if !submissions.isEmpty {
            var table = Table("EFFECT", "KEY", "STATE", "ATTEMPTS", "SENT", "REQUEST", "ANSWER")
            for row in submissions {
                let answer = [row.answerCode, row.answerWords].compactMap(\.self).joined(separator: ": ")
                table.add([
                    row.stage.rawValue, row.key, row.state.rawValue, "\(row.attempts)", row.sentAt.shown, row.requestID ?? "-",
                    answer,
                ])
            }
            sections.append(table.text)
        }
        if !events.isEmpty {
            var table = Table("WHEN", "STAGE", "WHAT", "BY", "")
            for event in events {
                table.add([event.at.shown, event.stage ?? "", event.word(language), event.by ?? "", event.meaning(language)])
            }
            sections.append(table.text)
        }
        return sections.joined(separator: "\n\n")
    }

    private func facts(_ language: Language) -> String {
        var lines: [(String, String)] = [
            ("status", "\(order.status.rawValue) \(language(order.status.words)), since \(order.statusSince.shown)")
        ]
        if let hold = order.hold {
            let by = hold.by.map { ", by \($0)" } ?? ""
            lines.append(("held", "\(hold.reason.rawValue): \(language(hold.reason.words)) (since \(hold.since.shown)\(by))"))
            if !hold.facts.isEmpty { lines.append(("found", hold.facts)) }
            lines.append(("cure", language(hold.reason.cure)))
        }
        if let waiting = order.waiting { lines.append(("waiting", "\(waiting.rawValue): \(language(waiting.words))")) }
        if let dsco = order.dscoStatus {
            lines.append(("at DSCO", [dsco, order.dscoLifecycle].compactMap(\.self).joined(separator: ", ")))
        }
        if let news = unreadableNews {
            lines.append(("unread", "DSCO shows something newer that cannot be read (since \(news.since.shown)): \(news.reason)"))
        }
        if !order.mskus.isEmpty { lines.append(("goods", order.mskus.joined(separator: ", "))) }
        if let number = order.outgoingNumber {
            lines.append(("goes out as", "\(number)\(order.storeID.map { ", store \($0)" } ?? "")"))
        }
        if !order.lingXingOrderNumbers.isEmpty { lines.append(("LingXing", order.lingXingOrderNumbers.joined(separator: ", "))) }
        if !order.trackingNumbers.isEmpty { lines.append(("tracking", order.trackingNumbers.joined(separator: ", "))) }
        if let invoice = order.invoiceID { lines.append(("invoice", invoice)) }
        if let difference = invoiceDifference, difference != 0 {
            lines.append(
                ("difference", "LingXing's total is \(abs(difference)) \(difference > 0 ? "above" : "below") what was billed"))
        }
        if order.attempts > 0 { lines.append(("attempts", "\(order.attempts)")) }
        if let error = order.lastError { lines.append(("last error", "\(error.code): \(error.text ?? "") (\(error.at.shown))")) }
        if let next = order.nextAttempt, order.status.next != nil { lines.append(("next look", next.shown)) }
        return lines.map { "  \($0.0)\(String(repeating: " ", count: max(1, 13 - $0.0.count)))\($0.1)" }.joined(separator: "\n")
    }
}

extension OrderView {
    fileprivate var heading: String {
        "\(poNumber)\(dscoOrderID.map { "  (DSCO order \($0)\(retailerID.map { ", retailer \($0)" } ?? ""))" } ?? "")"
    }
}

extension OrderView.Event {
    /// A kind that this version does not know is shown as it is.
    private var known: EventKind? { EventKind(rawValue: kind) }

    fileprivate func word(_ language: Language) -> String { known.map { language($0.words) } ?? kind }

    fileprivate func meaning(_ language: Language) -> String {
        guard let words = known?.meaning(of: text) else { return text }
        return "\(text): \(language(words))"
    }
}
