import Domain
import FoundationEssentials

/// Compares what is with what should be, exactly: a pure function of the evidence.
package enum Judge {
    /// How often in a row a row must be refused before its order is held (design 6).
    static let refusalsForHold = 3

    /// Everything that is not as it should be; empty when every promise was kept.
    package static func findings(_ evidence: Evidence) -> [Finding] {
        evidence.orders.flatMap { findings($0, evidence) } + quarantine(evidence) + deadLetters(evidence)
            + listed(evidence.strangers, .outcome) { "\($0) is no order of DSCO's" }
            + listed(evidence.openRows, .ledger) { $0 } + listed(evidence.openReplays, .replays) { $0 }
            + listed(evidence.duplicates, .duplicates) { $0 } + listed(evidence.duplicateAttempts, .duplicateAttempts) { $0 }
            + listed(evidence.violations, .violations) { $0 } + listed(evidence.stockDifferences, .stock) { $0 }
            + listed(evidence.uncalledEnds, .processes) { $0 }
    }

    /// Orders which are held because the storm let a partner refuse them often enough: a person has to release them.
    package static func refusedByStorm(_ evidence: Evidence) -> [Evidence.Order] {
        evidence.orders.filter { order in
            order.row?.hold.map { [.refusedByDSCO, .refusedByLingXing].contains($0) } == true
                && order.refusals >= refusalsForHold
        }
    }

    private static func listed(_ things: [String], _ check: Finding.Check, _ words: (String) -> String) -> [Finding] {
        things.map { Finding(check, words($0)) }
    }

    // MARK: One order

    private static func findings(_ order: Evidence.Order, _ evidence: Evidence) -> [Finding] {
        let meant = outcomes(order, evidence)
        let outcome = order.outcome
        let isAsMeant = meant.contains(outcome) || meant == ["quarantined"] && outcome == "invisible"
        func finding(_ check: Finding.Check, _ text: String) -> Finding {
            Finding(check, order: order.dscoOrderID, "\(order.number) (\(order.dscoOrderID)), \(order.scenario): \(text)")
        }
        let always = steps(order).map { finding(.steps, $0) } + contents(order).map { finding(.contents, $0) }
        guard isAsMeant else {
            return always + [
                finding(
                    .outcome,
                    "should be \(meant.joined(separator: " or ")), is \(outcome)\(order.row.map { ", status \($0.status.rawValue)" } ?? "")"
                )
            ]
        }
        return always + effects(order).map { finding(.effects, $0) } + invoices(order).map { finding(.invoices, $0) }
    }

    /// What may become of an order, by its scenario and by what the storm did.
    static func outcomes(_ order: Evidence.Order, _ evidence: Evidence) -> [String] {
        // Nothing is sent for an order that was shipped elsewhere, but it ends where ours end.
        var meant = ([order.expected] + order.alternatives).map { $0 == "shipped_elsewhere" ? "invoiced" : $0 }
        if evidence.packagesWereAllowed, meant.contains("held:\(HoldReason.multiplePackages.rawValue)") {
            meant.append("invoiced")
        }
        return meant
    }

    /// The partners have what the order's status says, no less and no more.
    private static func effects(_ order: Evidence.Order) -> [String] {
        let foreign = order.expected == "shipped_elsewhere"
        let status = order.row.map { $0.status == .cancelled ? 0 : $0.status.rawValue } ?? 0
        let facts: [(name: String, count: Int, from: OrderStatus)] = [
            ("in LingXing", order.lingXingRows, .pushed), ("acknowledged", order.isAcknowledged ? 1 : 0, .acknowledged),
            ("shipped", order.trackingNumbers.count, .shipped), ("invoiced", order.invoiceTotals.count, .invoiced),
        ]
        return facts.compactMap { fact in
            let isDue = status >= fact.from.rawValue && !foreign
            if isDue, fact.count == 0 {
                // That others did it is theirs to tell.
                return fact.from == .acknowledged && order.scenario == "acknowledged_elsewhere"
                    ? nil : "is at status \(status), but not \(fact.name) at the partner"
            }
            if !isDue, fact.count > 0, order.scenario != "cancelled_soon" {
                return "is at status \(status), but \(fact.name) at the partner"
            }
            return nil
        }
    }

    /// What a retailer cancels under way changes the order after LingXing was told of it.
    private static func contents(_ order: Evidence.Order) -> [String] {
        order.scenario == "cancelled_soon" ? [] : order.differences
    }

    private static func invoices(_ order: Evidence.Order) -> [String] {
        guard !order.invoiceTotals.isEmpty else { return [] }
        let totals = order.invoiceTotals.map { $0.map { "\($0)" } ?? "none" }.joined(separator: ", ")
        if order.invoiceTotals.count > 1 { return ["has \(order.invoiceTotals.count) invoices: \(totals)"] }
        // What a retailer cancels after the goods have left does not lower the bill.
        guard order.scenario != "cancelled_soon", let expected = order.expectedTotal, order.invoiceTotals[0] != expected else {
            return []
        }
        return ["is invoiced at \(totals), should be \(expected)"]
    }

    // MARK: The rest

    private static func quarantine(_ evidence: Evidence) -> [Finding] {
        let meant = evidence.orders.count { $0.expected == "quarantined" }
        guard evidence.quarantined != meant else { return [] }
        return [Finding(.quarantine, "\(evidence.quarantined) payloads are quarantined, should be \(meant)")]
    }

    private static func deadLetters(_ evidence: Evidence) -> [Finding] {
        evidence.malformed.subtracting(evidence.deadLetters).map {
            Finding(.deadLetters, "a malformed message is not among the dead letters of \($0.stage.rawValue): \($0.body)")
        }
            + evidence.deadLetters.subtracting(evidence.malformed).subtracting(evidence.perhapsMalformed).map {
                Finding(.deadLetters, "a dead letter of \($0.stage.rawValue) is none of the malformed messages: \($0.body)")
            }
    }
}
