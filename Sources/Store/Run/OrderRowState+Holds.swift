import Domain
import FoundationEssentials
import JSON

/// Of two holds that only a person or their own cause lifts, the stronger is shown and the weaker stays beneath it as a mark: what a
/// person stopped stays stopped when pull's reason is cured, and pull's reason is there again when the person lets go.
extension OrderRowState {
    /// Puts the hold on the order, or beneath the one that it has.
    mutating func place(_ new: Hold, by: String?, now: Date) -> [TimelineEntry] {
        // What DSCO cancelled is due at once for push, which may cancel it in LingXing.
        defer { nextAttempt = CancelDecision.concerns(hold, at: status) ? now : nil }
        waitReason = nil
        guard hold != new else { return [] }
        if let current = hold, current.reason != new.reason {
            guard current.reason.strength <= new.reason.strength else {
                guard keep(Mark(new, by: by)) else { return [] }
                return [TimelineEntry(.marked, "\(new.reason.rawValue), beneath \(current.reason.rawValue)")]
            }
            // A doubt ends with its effect, and what a decision raised is raised again by the next one.
            if current.isLasting, current.reason != .inDoubt, new.reason.strength > 0 { _ = keep(Mark(current, by: holdBy)) }
        }
        hold = new
        rechecks = 0
        holdSince = now
        holdBy = by
        return [TimelineEntry(.held, new.reason.rawValue)]
    }

    /// Remembers the mark beside the others.
    ///
    /// - Returns: whether that is news.
    mutating func keep(_ mark: Mark) -> Bool {
        guard !marks.contains(mark) else { return false }
        marks.removeAll { $0.hold.reason == mark.hold.reason }
        marks.append(mark)
        return true
    }

    /// The marks as JSON.
    var marksColumn: String? {
        get throws { marks.isEmpty ? nil : try LedgerCoding.text(ofValue: marks) }
    }

    mutating func liftHold() {
        hold = nil
        holdSince = nil
        holdBy = nil
    }
}

extension HoldReason {
    /// Which hold is shown: a person's before a cancellation's before all others.
    fileprivate var strength: Int {
        switch self {
        case .byOperator: 2
        case .cancelledAtDSCO: 1
        default: 0
        }
    }
}
