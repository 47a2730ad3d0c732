package import FoundationEssentials

/// Arithmetic on amounts. Decimal throughout: a binary fraction cannot hold a cent (design 9.6).
package enum Money {
    /// No unit price reaches it. Below it, quantities × prices and their sums keep every cent: they stay within the 38 digits that a
    /// `Decimal` holds exactly.
    package static let priceLimit: Decimal = 1_000_000_000

    /// The amount at 2 places, a half cent away from zero: commercial rounding, which is what retailers recompute. Amounts of DSCO have
    /// at most 2 places anyway (DSCO contract 6.3), so it only ever touches prices that were wrong at the source.
    package static func rounded(_ amount: Decimal) -> Decimal {
        let dropped = -2 - amount.exponent
        guard dropped > 0, !amount.isNaN, !amount.isZero else { return amount }
        // Below 39 digits the significand is exact text; more dropped digits than it has leave nothing, or one cent's half.
        let digits = Array(amount.significand.magnitude.description.utf8)
        let kept = digits.dropLast(dropped)
        let first = digits.count >= dropped ? digits[digits.count - dropped] : UInt8(ascii: "0")
        var cents = Decimal(string: String(decoding: kept, as: UTF8.self)) ?? 0
        if first >= UInt8(ascii: "5") { cents += 1 }
        return Decimal(sign: amount.sign, exponent: -2, significand: cents)
    }

    /// Quantity × price, the price first brought to cents, so that lines add up to their total (design 9.6).
    package static func extended(_ quantity: Int, at unitPrice: Decimal) -> Decimal { Decimal(quantity) * rounded(unitPrice) }

    package static func sum(_ amounts: some Sequence<Decimal>) -> Decimal { amounts.reduce(0, +) }
}
