import FoundationEssentials

/// Amounts in whole cents or decimals, never in floating point.
enum Money {
    static func text(cents: Int) -> String {
        let rest = abs(cents % 100)
        return "\(cents < 0 ? "-" : "")\(abs(cents) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The exact decimal of JSON digits or of a decimal string.
    static func decimal(_ text: String) -> Decimal? {
        let plain = text.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        return plain ? Decimal(string: text) : nil
    }

    /// Whether the amount has no part of a cent.
    static func isWholeCents(_ amount: Decimal) -> Bool {
        !"\(amount * 100)".contains(".")
    }
}
