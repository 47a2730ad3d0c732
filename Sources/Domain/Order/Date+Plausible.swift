package import FoundationEssentials

extension Date {
    /// 1970 to 9999. Outside, ISO 8601 is spelled in ways that the database, the ledger and the partners do not read: such a date is none.
    package var isPlausible: Bool { (0..<253_402_300_799).contains(timeIntervalSince1970) }

    package var ifPlausible: Date? { isPlausible ? self : nil }
}
