import JSON

/// What breaks programs: texts, numbers and times at every edge.
enum Nasty {
    static let texts: [String] = [
        "", " ", "\t\n", "\0", "a\0b", "\u{1B}[2J\u{1B}]0;owned\u{7}", "\u{9B}31m", "\u{202E}gpj.exe", "\u{2066}x",
        "\u{FEFF}PO-1",
        "\u{FFFD}", "\u{2028}", "PO-1\u{301}", "e\u{301}", "\u{E9}", "👩‍👩‍👧‍👦", "客服😀", "مرحبا", "\u{200B}", "\u{E000}", "\u{10FFFF}",
        String(repeating: "A", count: 10_000), "A" + String(repeating: "\u{301}", count: 5_000), "' or 1=1 --", "{\"a\":1}",
        "%00",
        "../../etc/passwd", "NaN", "Infinity", "-0", "1e400", "1E-400", "0x10", "٣", "true", "null", " PO-1 ", "PO-1", "SKU-A",
        "R1",
        "9223372036854775807", "9223372036854775808", "-1", "0.005", "999999999999999999.99", "1,5",
        "0000-00-00 00:00:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "99999-01-01T00:00:00Z", "2024-02-30T25:00:00Z",
        "-0001-01-01T00:00:00+00:00", "1969-12-31T23:59:59Z", "2999-01-01T00:00:00.999999999Z",
    ]

    static let numbers: [String] = [
        "0", "-0", "1", "-1", "0.5", "2.675", "0.005", "-0.01", "127", "255", "32767", "65536", "2147483647", "2147483648",
        "4294967296",
        "9007199254740993", "9223372036854775806", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "1e2", "1e18", "1e19", "1e127", "1e128", "1e400", "1e-400", "-1e400", "999999999.99",
        "1000000000",
        "99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001", "1e99999999",
        "1e999999999999999999999",
        "1" + String(repeating: "0", count: 4_000), "0." + String(repeating: "3", count: 4_000),
    ]

    static let number: [JSON] = numbers.compactMap { JSONNumber(text: $0).map(JSON.number) }

    /// Units and counts, for values that are built without a document.
    static let counts = [
        Int.min, Int.min + 1, -1, 0, 1, 2, 3, 7, Int(Int32.max) - 1, Int(Int32.max), Int(Int32.max) + 1, Int.max - 1, Int.max,
    ]
}
