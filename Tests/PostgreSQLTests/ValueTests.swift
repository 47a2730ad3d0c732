import Foundation
import PostgreSQL
import TestSupport
import Testing

@Suite("A value comes back from the database as it went in")
struct ValueTests {
    typealias Value = PostgresEncodable & PostgresDecodable & Equatable

    private func expectRoundTrips<T: Value>(
        _ values: [T], through type: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table sample (position int, value \(unescaped: type))")
            try await connection.batch(values.enumerated().map { "insert into sample values (\($0), \($1))" })
            let rows = try await connection.query("select value from sample order by position")
            #expect(try rows.map { try $0.decode("value", as: T.self) } == values, sourceLocation: location)
            let null = try await connection.query("select null::\(unescaped: type), \(T?.none)::\(unescaped: type)")
            #expect(try null[0].decode(0, as: T?.self) == nil && null[0].decode(1, as: T?.self) == nil, sourceLocation: location)
            #expect(throws: PostgresError.self, sourceLocation: location) { try null[0].decode(0, as: T.self) }
        }
    }

    @Test func integers() async throws {
        try await expectRoundTrips([0, 1, -1, .min, .max] as [Int], through: "bigint")
        try await expectRoundTrips([0, .min, .max] as [Int64], through: "bigint")
        try await expectRoundTrips([0, .min, .max] as [Int32], through: "integer")
        try await expectRoundTrips([0, .min, .max] as [Int16], through: "smallint")
    }

    @Test func texts() async throws {
        let texts = [
            "", "plain", "O'Brien \\ \"x\"", "领星 订单 ✅ 🧾 e\u{301}", "a\nb\tc\r", "null", "NULL", "$1", "{}",
            String(repeating: "柜", count: 350_000),
        ]
        try await expectRoundTrips(texts, through: "text")
        try await expectRoundTrips(["abc"], through: "varchar(10)")
    }

    @Test func booleans() async throws { try await expectRoundTrips([true, false], through: "boolean") }

    @Test func doubles() async throws {
        try await expectRoundTrips(
            [0, -0.1, 1 / 3, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity], through: "float8")
    }

    @Test func decimals() async throws {
        let texts = [
            "0", "0.00", "1", "-1", "19.99", "-0.01", "1234567890.123456789", "99999999999999999999999999999999999999",
            "-99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001", "1e100", "-1e-100",
            "12345678901234567890.123456789012345678", "100", "1e20", "0.1", "0.3",
        ]
        try await expectRoundTrips(texts.compactMap { Decimal(string: $0) }, through: "numeric")
    }

    @Test("A decimal is read as the digits that the database has")
    func decimalDigits() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            for digits in ["0.10", "-123456789012345678901234567890.12345678", "1.50", "100.00"] {
                let row = try await connection.query("select \(digits)::text::numeric, \(Decimal(string: digits))::text")[0]
                #expect(try row.decode(0, as: Decimal.self) == Decimal(string: digits))
                #expect(try Decimal(string: row.decode(1, as: String.self)) == Decimal(string: digits))
            }
        }
    }

    @Test func dates() async throws {
        let seconds = [0, 1, -1, 1_767_225_600.123456, 1_767_225_599.999999, -2_208_988_800.000001, 951_782_400, 4_102_444_799.5]
        let dates = seconds.map { whole in
            let date = Date(timeIntervalSince1970: whole)
            return Date(timeIntervalSinceReferenceDate: (date.timeIntervalSinceReferenceDate * 1e6).rounded() / 1e6)
        }
        try await expectRoundTrips(dates + [.distantPast, .distantFuture], through: "timestamptz")
    }

    @Test(
        "A date is the moment that the database shows",
        arguments: [
            "2026-01-31 23:59:59.000001+00", "1970-01-01 00:00:00+00", "2024-02-29 12:00:00+08", "0044-03-15 00:00:00+00 BC",
            "1969-12-31 23:59:59.5+00", "2000-03-01 00:00:00+00", "1900-02-28 23:59:59.999999+00", "12026-07-01 00:00:00-03:30",
        ])
    func dateText(text: String) async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let row = try await connection.query(
                """
                select \(text)::text::timestamptz as moment, extract(epoch from \(text)::text::timestamptz)::float8 as seconds
                """)[0]
            let moment: Date = try row.decode("moment"), seconds: Double = try row.decode("seconds")
            #expect(abs(moment.timeIntervalSince1970 - seconds) < 1e-5)
            #expect(try await connection.query("select \(moment) = \(text)::text::timestamptz")[0].decode(0) as Bool)
            try await connection.query("set time zone 'Asia/Kolkata'")
            #expect(try await connection.query("select \(text)::text::timestamptz")[0].decode(0) == moment)
        }
    }

    @Test func uuids() async throws { try await expectRoundTrips([UUID(), UUID()], through: "uuid") }

    @Test func bytes() async throws {
        let all = (0...255).map { UInt8($0) }
        try await expectRoundTrips([[], all, [0], Array(repeating: 0x5C, count: 1_000_000)], through: "bytea")
        try await expectRoundTrips([Data(), Data(all)], through: "bytea")
    }

    @Test("JSON keeps every byte in json, and its meaning in jsonb")
    func json() async throws {
        let documents = [#"{"b":1.10,  "a":"\u0000领"}"#, "null", "[]", "\"x\"", "1E400"].map { PostgresJSON(text: $0) }
        try await expectRoundTrips(documents, through: "json")
        try await withTestDatabase { database in
            let connection = try await database.connect()
            try await connection.query("create table document (body jsonb)")
            try await connection.query("insert into document values (\(PostgresJSON(text: #"{"b":1,   "a":2}"#)))")
            let body: PostgresJSON = try await connection.query("select body from document")[0].decode("body")
            #expect(body.text == #"{"a": 2, "b": 1}"#)
        }
    }

    @Test func arrays() async throws {
        try await expectRoundTrips(
            [[], ["a"], ["", "NULL", "null", "a,b", "{x}", "\"q\"", "\\", " ", "领\n"]] as [[String]], through: "text[]")
        try await expectRoundTrips([["a", nil, "NULL"], [nil], []] as [[String?]], through: "text[]")
        try await expectRoundTrips([[1, -2, .max], []] as [[Int]], through: "bigint[]")
        try await expectRoundTrips([[1, nil]] as [[Int64?]], through: "bigint[]")
        try await expectRoundTrips([[1, 2]] as [[Int32]], through: "integer[]")
        try await expectRoundTrips([[UUID(), UUID()]], through: "uuid[]")
        try await expectRoundTrips([[Date(timeIntervalSince1970: 1_767_225_600.25), .distantPast]], through: "timestamptz[]")
        try await expectRoundTrips([[true, false]], through: "boolean[]")
        try await expectRoundTrips([[0.1, -1e-300, .infinity]], through: "float8[]")
        try await expectRoundTrips([[.min, -1, 0, .max]] as [[Int16]], through: "smallint[]")
        try await expectRoundTrips(
            [[Date(timeIntervalSince1970: -2_208_988_800.000001), nil, .distantFuture]], through: "timestamptz[]")
    }

    @Test("An array with other bounds is read, one of two dimensions is not")
    func oddArrays() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let row = try await connection.query("select '[0:1]={1,2}'::int[] as shifted, '{{1},{2}}'::int[] as square")[0]
            #expect(try row.decode("shifted") == [1, 2])
            #expect(throws: PostgresError.self) { try row.decode("square", as: [Int].self) }
        }
    }

    @Test("What a type cannot hold is an error that names the column and both types, never the value")
    func mismatches() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let row = try await connection.query(
                """
                select 40000::int as big, 'Jane Roe'::text as name, 1.5::numeric as price, null::int as nothing, now()::timestamp as local,
                    'infinity'::timestamptz as never, 'NaN'::numeric as nan, repeat('9', 39)::numeric as long, array['Jane', null] as names,
                    1 as twice, 2 as twice
                """)[0]
            func words(_ read: () throws -> some Any) -> String {
                let error = #expect(throws: PostgresError.self) { _ = try read() }
                #expect(error?.code == .decoding)
                #expect(error?.debugDescription.contains("Jane") != true)
                return error.map { "\($0)" } ?? ""
            }
            #expect(words { try row.decode("big", as: Int16.self) }.contains("Column big (int4) as Int16"))
            #expect(words { try row.decode("name", as: Int.self) }.contains("Column name (text) as Int"))
            #expect(words { try row.decode("price", as: Double.self) }.contains("Column price (numeric) as Double"))
            #expect(words { try row.decode("nothing", as: Int.self) }.contains("NULL"))
            #expect(words { try row.decode("local", as: Date.self) }.contains("timestamp"))
            #expect(words { try row.decode("never", as: Date.self) }.contains("outside"))
            #expect(words { try row.decode("nan", as: Decimal.self) }.contains("outside"))
            #expect(words { try row.decode("long", as: Decimal.self) }.contains("outside"))
            #expect(words { try row.decode("names", as: [String].self) }.contains("text[]"))
            #expect(words { try row.decode("twice", as: Int.self) }.contains("two columns"))
            #expect(words { try row.decode("absent", as: Int.self) }.contains("no column absent"))
            #expect(words { try row.decode(99, as: Int.self) }.contains("99"))
            #expect(try row.decode("big", as: Int.self) == 40000)
        }
    }

    @Test("What the database cannot hold is refused before it is sent")
    func refusals() async throws {
        try await withTestDatabase { database in
            let connection = try await database.connect()
            let queries: [PostgresQuery] = [
                "select \("a\u{0}b")", "select \(["a", "\u{0}"])", "select \(PostgresJSON(bytes: [0x22, 0, 0x22]))::json",
                "select \(Decimal.nan)", "select \(Date(timeIntervalSince1970: .infinity))",
                "select \([Date(timeIntervalSince1970: 9_400_000_000_000)])",
                "select \(Date(timeIntervalSince1970: .nan))", PostgresQuery(unescaped: "select '\u{0}'"),
            ]
            for query in queries {
                let error = await failure { try await connection.query(query) }
                #expect(error?.code == .invalidQuery)
            }
            func numbers(_ count: Int) -> PostgresQuery {
                (0..<count).map { number -> PostgresQuery in "\(number)" }.joined(separator: ", ")
            }
            let tooMany = await failure { try await connection.query("select \(numbers(65536))") }
            #expect(tooMany?.code == .invalidQuery)
            let most = try await connection.query("select \(numbers(1600))")
            #expect(try most[0].decode(1599) == 1599)
            let nul = await failure { try await connection.query("select \("a\u{0}b")") }
            #expect(nul.map { "\($0)" }?.contains("U+0000") == true)
        }
    }
}
