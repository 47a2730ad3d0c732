/// A server type by its object id.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension PostgresType {
    /// Lets the server infer a parameter's type from where it stands.
    static let unspecified = PostgresType(rawValue: 0)

    static let bool = PostgresType(rawValue: 16)
    static let bytea = PostgresType(rawValue: 17)
    static let char = PostgresType(rawValue: 18)
    static let name = PostgresType(rawValue: 19)
    static let int8 = PostgresType(rawValue: 20)
    static let int2 = PostgresType(rawValue: 21)
    static let int4 = PostgresType(rawValue: 23)
    static let text = PostgresType(rawValue: 25)
    static let oid = PostgresType(rawValue: 26)
    static let json = PostgresType(rawValue: 114)
    static let xml = PostgresType(rawValue: 142)
    static let float4 = PostgresType(rawValue: 700)
    static let float8 = PostgresType(rawValue: 701)
    static let unknown = PostgresType(rawValue: 705)
    static let bpchar = PostgresType(rawValue: 1042)
    static let varchar = PostgresType(rawValue: 1043)
    static let date = PostgresType(rawValue: 1082)
    static let time = PostgresType(rawValue: 1083)
    static let timestamp = PostgresType(rawValue: 1114)
    static let timestamptz = PostgresType(rawValue: 1184)
    static let interval = PostgresType(rawValue: 1186)
    static let numeric = PostgresType(rawValue: 1700)
    static let void = PostgresType(rawValue: 2278)
    static let uuid = PostgresType(rawValue: 2950)
    static let jsonb = PostgresType(rawValue: 3802)

    static let boolArray = PostgresType(rawValue: 1000)
    static let byteaArray = PostgresType(rawValue: 1001)
    static let nameArray = PostgresType(rawValue: 1003)
    static let int2Array = PostgresType(rawValue: 1005)
    static let int4Array = PostgresType(rawValue: 1007)
    static let textArray = PostgresType(rawValue: 1009)
    static let bpcharArray = PostgresType(rawValue: 1014)
    static let varcharArray = PostgresType(rawValue: 1015)
    static let int8Array = PostgresType(rawValue: 1016)
    static let float4Array = PostgresType(rawValue: 1021)
    static let float8Array = PostgresType(rawValue: 1022)
    static let timestamptzArray = PostgresType(rawValue: 1185)
    static let jsonArray = PostgresType(rawValue: 199)
    static let numericArray = PostgresType(rawValue: 1231)
    static let uuidArray = PostgresType(rawValue: 2951)
    static let jsonbArray = PostgresType(rawValue: 3807)

    /// The element's type of an array type known here.
    var element: PostgresType? { Self.elements[self] }

    /// Enums, domains and extension types have ids from here on; they are read as text.
    var isUserDefined: Bool { rawValue >= 16384 }

    private static let elements: [PostgresType: PostgresType] = [
        .boolArray: .bool, .nameArray: .name, .int2Array: .int2, .int4Array: .int4, .int8Array: .int8, .textArray: .text,
        .bpcharArray: .bpchar, .varcharArray: .varchar, .float4Array: .float4, .float8Array: .float8,
        .timestamptzArray: .timestamptz, .jsonArray: .json, .jsonbArray: .jsonb, .numericArray: .numeric, .uuidArray: .uuid,
        .byteaArray: .bytea,
    ]

    private static let names: [PostgresType: String] = [
        .unspecified: "unspecified", .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8",
        .int2: "int2",
        .int4: "int4", .text: "text", .oid: "oid", .json: "json", .xml: "xml", .float4: "float4", .float8: "float8",
        .unknown: "unknown", .bpchar: "bpchar", .varchar: "varchar", .date: "date", .time: "time", .timestamp: "timestamp",
        .timestamptz: "timestamptz", .interval: "interval", .numeric: "numeric", .void: "void", .uuid: "uuid", .jsonb: "jsonb",
    ]
}

extension PostgresType: CustomStringConvertible {
    package var description: String {
        if let name = Self.names[self] { return name }
        if let element, let name = Self.names[element] { return "\(name)[]" }
        return "the type with oid \(rawValue)"
    }
}
