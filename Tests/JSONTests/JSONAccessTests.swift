import Foundation
import JSON
import Testing

@Suite("JSON numbers are exact")
struct JSONNumberTests {
    @Test(
        "whole numbers however they are spelled",
        arguments: [
            ("0", 0), ("-0", 0), ("12", 12), ("12.0", 12), ("1.2e1", 12), ("1200e-2", 12),
            ("203450729659600896", 203_450_729_659_600_896),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("9223372036854775808", nil), ("1.5", nil),
            ("1e19", nil), ("1e999999999", nil), ("1e99999999999999999999", nil), ("0e999999", 0),
        ] as [(String, Int64?)])
    func int64(text: String, value: Int64?) throws {
        #expect(try JSON.parse(text).int64 == value)
        #expect(JSON.string(text).int64 == value)
    }

    @Test(
        "decimals keep every digit or are refused",
        arguments: [
            ("10.50", "10.5"), ("0.1", "0.1"), ("-21.34", "-21.34"), ("1e-7", "0.0000001"), ("007.10", "7.1"), ("0", "0"),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
            ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("123456789012345678901234567890123456789", nil), ("1e400", nil), ("1e-400", nil), ("NaN", nil), ("inf", nil),
            ("0x10", nil),
            ("1,000.00", nil), ("$5", nil), ("", nil), (" 1", nil), ("+1", nil), ("1.", nil), (".5", nil), ("1e", nil),
        ] as [(String, String?)])
    func decimal(text: String, value: String?) {
        #expect(JSON.string(text).decimal?.description == value)
        #expect(JSON.string(text).decimal == value.flatMap { Decimal(string: $0) })
    }

    @Test("a huge number is kept as spelled")
    func huge() throws {
        let text = String(repeating: "9", count: 100_000)
        let value = try JSON.parse(text)
        #expect(value.text == text)
        #expect(value.decimal == nil && value.int64 == nil && value.int == nil)
    }

    @Test("built from Swift numbers")
    func built() {
        #expect(JSONNumber(Decimal(string: "12.30")!).text == "12.3")
        #expect(JSONNumber(Int64.min).text == "-9223372036854775808")
        #expect(JSONNumber(text: "01") == nil && JSONNumber(text: "1 ") == nil && JSONNumber(text: "") == nil)
    }
}

@Suite("JSON reading is lenient, and every fault has a path")
struct JSONReadingTests {
    private let sample: JSON = [
        "poNumber": "PO-1", "id": 203_450_729_659_600_896, "flag": "1", "off": 0, "none": nil,
        "lineItems": [["quantity": "2"], ["quantity": 3], ["quantity": "two"]],
    ]

    @Test("accessors")
    func accessors() {
        #expect(sample["poNumber"]?.string == "PO-1")
        #expect(sample["id"]?.string == nil)
        #expect(sample["id"]?.text == "203450729659600896")
        #expect(sample["flag"]?.bool == true && sample["off"]?.bool == false && sample["id"]?.bool == nil)
        #expect(JSON.bool(true).bool == true && JSON.string("false").bool == false && JSON.string("yes").bool == nil)
        #expect(JSON.bool(true).int == nil)
        #expect(sample["lineItems"]?[0]?["quantity"]?.int == 2)
        #expect(sample["lineItems"]?[9] == nil && sample["poNumber"]?["x"] == nil && JSON.null["x"] == nil)
        #expect(sample["none"]?.isNull == true && sample["absent"] == nil)
    }

    @Test("a view tells escaped and doubled members as the tree does")
    func views() throws {
        let text = #"{"a":1,"\u0062":"x\n\ud83d\ude00","a":[{"c":"007"},2.50],"caf\u00e9":"-12.340"}"#
        let view = try JSONDocument(Array(text.utf8)).root
        #expect(view["a"]?[0]?["c"]?.int == 7 && view["a"]?[1]?.decimal == Decimal(string: "2.5"))
        #expect(view["b"]?.string == "x\n\u{1F600}")
        #expect(view["café"]?.decimal == Decimal(string: "-12.34") && view["café"]?.int == nil)
        #expect(view["c"] == nil && view["a"]?["a"] == nil && view["b"]?[0] == nil)
        #expect(view.json == (try JSON.parse(text)))
    }

    @Test("faults name their place")
    func faults() throws {
        let reader = JSONReader(sample)
        #expect(try reader.string("poNumber") == "PO-1")
        #expect(try reader.string(ifPresent: "none") == nil && reader.string(ifPresent: "absent") == nil)
        let lines = try reader.elements("lineItems")
        #expect(try lines[1].int("quantity") == 3)
        let wrong = #expect(throws: JSONError.self) { try lines[2].int("quantity") }
        #expect(wrong.map { "\($0)" } == "lineItems[2].quantity is not a whole number")
        let missing = #expect(throws: JSONError.self) { try lines[0].string("sku") }
        #expect(missing?.code == .missing && missing.map { "\($0)" } == "lineItems[0].sku is missing")
        let null = #expect(throws: JSONError.self) { try reader.string("none") }
        #expect(null?.code == .missing)
        #expect(throws: JSONError.self) { try reader.int(ifPresent: "poNumber") }
        let inside = JSONReader(["cron": 5], path: "jobs.push_to_lingxing")
        let cron = #expect(throws: JSONError.self) { try inside.string("cron") }
        #expect(cron?.path == "jobs.push_to_lingxing.cron")
        #expect(try reader.members().map(\.key).first == "poNumber")
        #expect(throws: JSONError.self) { try lines[0].require("quantity").elements() }
        #expect(JSONReader(nil).fault("is empty").description == "value is empty")
    }
}
