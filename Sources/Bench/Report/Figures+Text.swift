import Rehearsal

extension [Figure] {
    /// The table, grouped by part, and the verdict.
    package func text(_ circumstances: Circumstances) -> String {
        let rows = map { figure in
            (
                figure: figure, value: figure.value.readable + (figure.unit.isEmpty ? "" : " \(figure.unit)"),
                goal: figure.goal?.words ?? ""
            )
        }
        let names = (map(\.name.count) + [6]).max() ?? 6
        let values = (rows.map(\.value.count) + [8]).max() ?? 8
        let goals = (rows.map(\.goal.count) + [4]).max() ?? 4
        var lines = [
            circumstances.words, "",
            "  \("figure".padded(to: names))  \("measured".aligned(to: values))  \("goal".padded(to: goals))"
                .withoutTrailingBlanks,
        ]
        var part: Part?
        for row in rows {
            if row.figure.part != part {
                part = row.figure.part
                lines.append(row.figure.part.rawValue)
            }
            let verdict = row.figure.goal == nil ? "" : row.figure.isMet ? "ok" : "NOT MET"
            let line =
                "  \(row.figure.name.padded(to: names))  \(row.value.aligned(to: values))  \(row.goal.padded(to: goals))  \(verdict.padded(to: 7))  \(row.figure.note)"
            lines.append(line.withoutTrailingBlanks)
        }
        return (lines + ["", verdict]).joined(separator: "\n")
    }

    package var areMet: Bool { allSatisfy(\.isMet) }

    private var verdict: String {
        let goals = count { $0.goal != nil }
        let missed = count { !$0.isMet }
        return missed == 0 ? "All \(goals) goals met." : "\(missed) of \(goals) goals NOT met."
    }
}

extension Double {
    /// With as many digits as say something.
    var readable: String {
        guard isFinite else { return "none" }
        return magnitude >= 1000 ? grouped : magnitude >= 100 ? rounded(to: 0) : magnitude >= 10 ? rounded(to: 1) : rounded(to: 3)
    }

    func rounded(to places: Int) -> String {
        guard isFinite, magnitude < 1e15 else { return "\(self)" }
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        return ((self * factor).rounded() / factor).short
    }

    /// `12,345`
    private var grouped: String {
        guard magnitude < 1e15 else { return "\(self)" }
        let digits = Array("\(Int(magnitude.rounded()))")
        let text = digits.indices.map { index in
            let left = digits.count - index
            return (index > 0 && left.isMultiple(of: 3) ? "," : "") + String(digits[index])
        }.joined()
        return (self < 0 ? "-" : "") + text
    }
}

extension String {
    fileprivate var withoutTrailingBlanks: String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }
}
