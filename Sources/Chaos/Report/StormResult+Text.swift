import Rehearsal

extension StormResult {
    var text: String {
        ([""] + faultLines + [""] + orderLines + [""] + verdictLines + details).joined(separator: "\n")
    }

    private var faultLines: [String] {
        let struck = notes.counts.values.reduce(0, +)
        let rows = FaultKind.allCases.map { kind in
            let missed = notes.missed[kind, default: 0]
            return Self.row(kind.rawValue, "\(notes.counts[kind, default: 0])") + (missed > 0 ? "   \(missed) not possible" : "")
        }
        return ["\(struck) faults in \(Int(storm)) s"] + rows
    }

    private var orderLines: [String] {
        ["\(evidence.orders.count) orders at DSCO"] + outcomes.map { Self.row($0.name, "\($0.count)") } + [""]
            + ["effects at the partners"] + effects.sorted { $0.key < $1.key }.map { Self.row($0.key, "\($0.value)") } + [""]
            + ["processes"]
            + [
                Self.row("killed", "\(ends.count { $0.exit == .signal(9) })"),
                Self.row("ended when asked to", "\(ends.count { $0.exit == .status(0) && !$0.isUncalledFor })"),
            ]
    }

    private var verdictLines: [String] {
        Finding.Check.allCases.map { check in
            let count = findings.count { $0.check == check }
            return Self.row(check.rawValue, "\(count)") + (count == 0 ? "   ok" : "   NOT AS IT SHOULD BE")
        } + [
            Self.row("lost", "\(findings.count { $0.check == .outcome })"),
            Self.row("seconds to settle", settled.map { "\(Int($0.rounded(.up)))" } ?? "over \(Int(settings.settleWithin))"),
        ]
    }

    private var details: [String] {
        guard !isGood else { return ["", "All promises kept. Again: \(command)"] }
        var lines = [""]
        for finding in findings.prefix(40) {
            lines.append("\(finding.check.rawValue): \(finding)")
            if let order = finding.order, let timeline = timelines[order] { lines.append(timeline) }
        }
        if findings.count > 40 { lines.append("… and \(findings.count - 40) more") }
        return lines + ["", "NOT every promise was kept. Again: \(command)"]
    }

    private static func row(_ name: String, _ value: String) -> String {
        "  \(name.padded(to: 40))\(value.aligned(to: 6))"
    }
}
