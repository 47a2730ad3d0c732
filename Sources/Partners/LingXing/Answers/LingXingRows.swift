/// The rows of one of LingXing's lists, and those among them that could not be read.
///
/// An unreadable row is never an absent one: whoever looks for an order (and would create it for want of it) must look at both.
package struct LingXingRows<Row: Sendable>: Sendable {
    package var readable: [Row]
    package var unreadable: [UnreadableRow]

    package init(_ readable: [Row] = [], unreadable: [UnreadableRow] = []) {
        self.readable = readable
        self.unreadable = unreadable
    }

    init(_ rows: [PageRow<Row>]) {
        self.init()
        for row in rows {
            switch row {
            case .readable(let row): readable.append(row)
            case .unreadable(let row, _, _): unreadable.append(row)
            }
        }
    }

    static func += (rows: inout LingXingRows, more: LingXingRows) {
        rows.readable += more.readable
        rows.unreadable += more.unreadable
    }
}
