/// The identity of an order in every table, message and lock.
package struct OrderKey: RawRepresentable, Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// `dscoOrderID` where DSCO gave one, else the purchase order number, marked so that the two can never collide.
    package init(dscoOrderID: String?, poNumber: String) {
        rawValue = dscoOrderID ?? "po:\(poNumber)"
    }

    package var description: String { rawValue }

    package static func < (left: OrderKey, right: OrderKey) -> Bool { left.rawValue < right.rawValue }
}
