/// What an array may hold. Elements may be NULL: `[String?]`.
package protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func bind(_ elements: [Self]) -> PostgresBind
    static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package var postgresBind: PostgresBind { Element.bind(self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Element] { try Element.decodeArray(cell) }
}

/// A single value that may stand in an array: sent in PostgreSQL's binary format, read from its text format.
package protocol PostgresArrayScalar: PostgresScalar, PostgresArrayElement {
    /// Appends the value as the server keeps it, numbers with their highest byte first.
    ///
    /// - Throws: why the value has no counterpart in the database.
    func appendBinary(to bytes: inout [UInt8]) throws(PostgresEncodingFault)
}

extension PostgresArrayScalar {
    package static func bind(_ elements: [Self]) -> PostgresBind { ArrayBinary.bind(elements) }

    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Self] {
        var values: [Self] = []
        for element in try ArrayText.decode(cell, as: Self.self) {
            guard let element else { throw .null }
            values.append(element)
        }
        return values
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayScalar {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
    package static func bind(_ elements: [Wrapped?]) -> PostgresBind { ArrayBinary.bind(elements) }
    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Wrapped?] {
        try ArrayText.decode(cell, as: Wrapped.self)
    }
}

/// PostgreSQL's binary form of a one-dimensional array. The server takes it as it is, where it would parse every element of a text.
private enum ArrayBinary {
    static func bind<Element: PostgresArrayScalar>(_ elements: [Element?]) -> PostgresBind {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + 12 * elements.count)
        append(elements.isEmpty ? 0 : 1, to: &bytes)  // dimensions
        append(1, to: &bytes)  // there may be NULLs
        append(Int32(bitPattern: Element.postgresType.rawValue), to: &bytes)
        if !elements.isEmpty {
            append(Int32(elements.count), to: &bytes)
            append(1, to: &bytes)  // the first index
        }
        for element in elements {
            guard let element else {
                append(-1, to: &bytes)
                continue
            }
            let start = bytes.count
            append(0, to: &bytes)
            do throws(PostgresEncodingFault) { try element.appendBinary(to: &bytes) } catch {
                return .refused(error.reason, Element.postgresArrayType)
            }
            let length = Int32(bytes.count - start - 4).bigEndian
            withUnsafeBytes(of: length) { bytes.replaceSubrange(start..<(start + 4), with: $0) }
        }
        return .binary(bytes, Element.postgresArrayType)
    }

    private static func append(_ number: Int32, to bytes: inout [UInt8]) { bytes.append(bigEndian: number) }
}

extension [UInt8] {
    /// Network byte order.
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}

/// PostgreSQL's text form of a one-dimensional array: `{plain,"with \"quotes\"",NULL}`.
private enum ArrayText {
    private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\"), comma = UInt8(ascii: ",")
    private static let open = UInt8(ascii: "{"), close = UInt8(ascii: "}")

    static func decode<Element: PostgresScalar>(_ cell: PostgresCell, as: Element.Type) throws(PostgresDecodingFault)
        -> [Element?]
    {
        guard let element = cell.type.element, Element.canRead(element) else { throw .type }
        var values: [Element?] = []
        for text in try elements(of: try cell.nonNull()) {
            guard let text else {
                values.append(nil)
                continue
            }
            guard let value = Element(postgresText: String(decoding: text, as: UTF8.self)) else { throw .value }
            values.append(value)
        }
        return values
    }

    /// The elements' bytes, unquoted; nil is an unquoted NULL.
    private static func elements(of text: ArraySlice<UInt8>) throws(PostgresDecodingFault) -> [[UInt8]?] {
        // A lower bound other than 1 is written in front: `[0:1]={a,b}`. It says nothing about the values.
        guard let start = text.firstIndex(of: open), text.last == close else { throw .array }
        let inner = text[(start + 1)..<(text.endIndex - 1)]
        guard !inner.isEmpty else { return [] }
        var elements: [[UInt8]?] = []
        var element: [UInt8] = []
        var wasQuoted = false, isInQuotes = false, isEscaped = false
        func finished() -> [UInt8]? { !wasQuoted && element.elementsEqual("NULL".utf8) ? nil : element }
        for byte in inner {
            switch byte {
            case _ where isEscaped:
                element.append(byte)
                isEscaped = false
            case backslash: isEscaped = true
            case quote:
                isInQuotes.toggle()
                wasQuoted = true
            case _ where isInQuotes: element.append(byte)
            case open: throw .array
            case comma:
                elements.append(finished())
                element = []
                wasQuoted = false
            default: element.append(byte)
            }
        }
        elements.append(finished())
        return elements
    }
}
