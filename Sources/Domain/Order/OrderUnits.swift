/// The units of an order that may still be sent: ordered − cancelled − in DSCO's packages − in shipments of ours that are under way
/// and whose tracking number is not among those packages (design 7.1).
package struct OrderUnits: Sendable, Hashable {
    /// Per line, in line order; never negative.
    package private(set) var left: [Int]

    package var total: Int { left.reduce(0, +) }

    init(left: [Int]) { self.left = left }

    package init(of order: Order, underWay: [Shipment] = []) {
        left = order.lines.map { max(0, $0.quantity - max(0, $0.cancelledQuantity)) }
        var parts = order.packages.flatMap { $0.items.map { ($0.name, $0.quantity) } }
        let packaged = Set(order.packages.map(\.trackingNumber.parcelKey))
        for shipment in underWay where !packaged.contains(shipment.trackingNumber.parcelKey) {
            parts += shipment.lines.map { ($0.name, $0.quantity) }
        }
        // What names one line goes first, so that a name shared by two lines takes what is left. What names none is taken from any
        // line: better to hold an order than to ship a unit twice.
        let named = parts.map { (lines: order.lines(named: $0.0), quantity: $0.1) }
        for part in named where part.lines.count == 1 { take(part.quantity, from: part.lines) }
        for part in named where part.lines.count > 1 { take(part.quantity, from: part.lines) }
        for part in named where part.lines.isEmpty { take(part.quantity, from: Array(left.indices)) }
    }

    /// Takes units from the lines in their order, each up to what it has left.
    ///
    /// - Returns: what each line gave, and what no line had.
    @discardableResult
    package mutating func take(_ quantity: Int, from lines: [Int]) -> (taken: [(line: Int, quantity: Int)], excess: Int) {
        var rest = max(0, quantity)
        var taken: [(line: Int, quantity: Int)] = []
        for line in lines where rest > 0 && left[line] > 0 {
            let share = min(rest, left[line])
            left[line] -= share
            rest -= share
            taken.append((line, share))
        }
        return (taken, rest)
    }
}

extension String {
    /// A tracking number in the form in which two spellings of one parcel are equal.
    var parcelKey: String { uppercased().filter { !$0.isWhitespace } }

    /// `nil` for a text of blanks, else without the blanks around it.
    var nonBlank: String? {
        // Nearly all of them: no blank at either end, which two bytes tell.
        let visible: ClosedRange<UInt8> = 0x21...0x7E
        if let first = utf8.first, let last = utf8.last, visible.contains(first), visible.contains(last) { return self }
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
            return nil
        }
        return String(self[first...last])
    }
}
