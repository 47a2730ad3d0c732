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

    package static func == (left: OrderKey, right: OrderKey) -> Bool { left.rawValue.utf8.elementsEqual(right.rawValue.utf8) }

    package static func < (left: OrderKey, right: OrderKey) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
