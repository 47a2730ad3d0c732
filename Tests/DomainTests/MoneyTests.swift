import FoundationEssentials
import Testing

@testable import Domain

@Suite("Money")
struct MoneyTests {
    @Test(
        "is rounded to cents, half a cent away from zero",
        arguments: [
            ("0", "0"), ("7", "7"), ("54.0", "54"), ("21.34", "21.34"), ("0.005", "0.01"),
            ("0.0049999999999999999999999999999999", "0"),
            ("1.005", "1.01"), ("2.675", "2.68"), ("-1.005", "-1.01"), ("-0.004", "0"), ("0.0004", "0"), ("0.999", "1"),
            ("9.995", "10"),
            ("1234567890123456789012345.675", "1234567890123456789012345.68"), ("120", "120"), ("1e3", "1000"),
        ])
    func rounding(amount: String, cents: String) throws {
        #expect(try Money.rounded(#require(Decimal(string: amount))) == #require(Decimal(string: cents)))
    }

    @Test("is rounded by the piece, so that lines add up to their total")
    func lines() throws {
        let price = try #require(Decimal(string: "3.335"))
        #expect(try Money.extended(3, at: price) == #require(Decimal(string: "10.02")))
        #expect(
            try Money.sum([Money.extended(3, at: price), Money.extended(1, at: price)]) == #require(Decimal(string: "13.36")))
    }
}
