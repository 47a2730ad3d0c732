package import FoundationEssentials

extension String: PostgresArrayScalar {
    package static var postgresType: PostgresType { .text }
    package static var postgresArrayType: PostgresType { .textArray }
    package static func canRead(_ type: PostgresType) -> Bool {
        switch type {
        case .text, .varchar, .bpchar, .name, .char, .unknown, .json, .jsonb, .xml: true
        default: type.isUserDefined
        }
    }
    package func postgresText() -> String { self }
    package init?(postgresText: String) { self = postgresText }

    package func appendBinary(to bytes: inout [UInt8]) throws(PostgresEncodingFault) {
        let start = bytes.count
        bytes.append(contentsOf: utf8)
        guard !bytes.hasNUL(from: start) else { throw .nul }
    }
}

extension Bool: PostgresArrayScalar {
    package static var postgresType: PostgresType { .bool }
    package static var postgresArrayType: PostgresType { .boolArray }
    package func postgresText() -> String { self ? "t" : "f" }
    package init?(postgresText: String) {
        switch postgresText {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension UUID: PostgresArrayScalar {
    package static var postgresType: PostgresType { .uuid }
    package static var postgresArrayType: PostgresType { .uuidArray }
    package func postgresText() -> String { uuidString }
    package init?(postgresText: String) { self.init(uuidString: postgresText) }
    package func appendBinary(to bytes: inout [UInt8]) { withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) } }
}

extension Double: PostgresArrayScalar {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    /// `numeric` is left out on purpose: money read as a Double is a mistake.
    package static func canRead(_ type: PostgresType) -> Bool { type == .float8 || type == .float4 }
    package func postgresText() -> String { description }
    package init?(postgresText: String) { self.init(postgresText) }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }
}

/// Every integer reads every integer column; a value out of range is an error, never cut.
extension PostgresScalar where Self: FixedWidthInteger {
    package static func canRead(_ type: PostgresType) -> Bool { type == .int8 || type == .int4 || type == .int2 || type == .oid }
    package func postgresText() -> String { String(self) }
    package init?(postgresText: String) { self.init(postgresText, radix: 10) }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
}

extension Int: PostgresArrayScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
}

extension Int64: PostgresArrayScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
}

extension Int32: PostgresArrayScalar {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }
}

extension Int16: PostgresArrayScalar {
    package static var postgresType: PostgresType { .int2 }
    package static var postgresArrayType: PostgresType { .int2Array }
}
