/// The identity of an order in every table, message and lock.
package struct OrderKey: RawRepresentable, Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// `dscoOrderID` where DSCO gave one, else the purchase order number, marked so that the two can never collide.
    package init(dscoOrderID: String?, poNumber: String) {
        rawValue = dscoOrderID ?? "po:\(poNumber)"
    }

    package var description: String { rawValue }

    // Byte by byte, as the database tells keys apart: to `String`, é composed and é decomposed are one, and one of two orders would be lost.

    package static func == (left: OrderKey, right: OrderKey) -> Bool { compare(left, right) == 0 }

    package static func < (left: OrderKey, right: OrderKey) -> Bool {
        compare(left, right) < 0
    }

    /// Below, equal or above 0.
    private static func compare(_ left: OrderKey, _ right: OrderKey) -> Int {
        var (left, right) = (left.rawValue, right.rawValue)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                for (one, other) in zip(left, right) where one != other { return one < other ? -1 : 1 }
                return left.count - right.count
            }
        }
    }

    package func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
