/// What DSCO makes of an order as a whole.
extension Order {
    /// Whether DSCO says that units are left of an order that shipped at least one: by its lifecycle, or by its packages. A completed
    /// order without any package says nothing by them (DSCO contract 3.4 and 11.3).
    var hasUnitsLeftAtDSCO: Bool {
        let isOpen = lifecycle.map { $0 != .completed }
        if isOpen == true { return true }
        return OrderUnits(of: self).total > 0 && (isOpen == nil || !packages.isEmpty)
    }

    /// Cancelled as a whole; where the status is unreadable, the units of a completed order say as much.
    package var isCancelledAtDSCO: Bool {
        dscoStatus == .cancelled || dscoStatus == nil && lifecycle == .completed && isCancelledAltogether
    }

    var isCancelledAltogether: Bool {
        !lines.isEmpty && packages.isEmpty && lines.allSatisfy { $0.cancelledQuantity >= $0.quantity }
    }
}
