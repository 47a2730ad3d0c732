/// Columns that line up, for people.
struct Table: Sendable {
    enum Alignment: Sendable { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    /// All columns to the left.
    init(_ titles: String...) { columns = titles.map { ($0, .left) } }

    /// A line break inside a cell would tear the table, and an escape that is printed longer than it was measured.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ").onTerminal })
    }

    var text: String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { column in
            ([titles] + rows).map { $0[column].displayWidth }.max() ?? 0
        }
        return ([titles] + rows).map { line($0, widths) }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let blanks = String(repeating: " ", count: widths[index] - cell.displayWidth)
            line += columns[index].alignment == .left ? cell + blanks : blanks + cell
            if index < cells.count - 1 { line += "  " }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension String {
    /// The cells that a terminal takes for it: two for a Chinese character and its like.
    var displayWidth: Int {
        unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: width
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                width + 2
            default: width + 1
            }
        }
    }
}
