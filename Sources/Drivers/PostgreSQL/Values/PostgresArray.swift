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

extension PostgresScalar {
    package static func bind(_ elements: [Self]) -> PostgresBind { ArrayText.bind(elements) }

    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Self] {
        var values: [Self] = []
        for element in try ArrayText.decode(cell, as: Self.self) {
            guard let element else { throw .null }
            values.append(element)
        }
        return values
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
    package static func bind(_ elements: [Wrapped?]) -> PostgresBind { ArrayText.bind(elements) }
    package static func decodeArray(_ cell: PostgresCell) throws(PostgresDecodingFault) -> [Wrapped?] {
        try ArrayText.decode(cell, as: Wrapped.self)
    }
}

/// PostgreSQL's text form of a one-dimensional array: `{plain,"with \"quotes\"",NULL}`.
private enum ArrayText {
    private static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\"), comma = UInt8(ascii: ",")
    private static let open = UInt8(ascii: "{"), close = UInt8(ascii: "}")

    static func bind<Element: PostgresScalar>(_ elements: some Sequence<Element?>) -> PostgresBind {
        var bytes = [open]
        for element in elements {
            if bytes.count > 1 { bytes.append(comma) }
            guard let element else {
                bytes += "NULL".utf8
                continue
            }
            do throws(PostgresEncodingFault) {
                var text = try element.postgresText()
                bytes.append(quote)
                text.withUTF8 { append($0, to: &bytes) }
                bytes.append(quote)
            } catch {
                return .refused(error.reason, Element.postgresArrayType)
            }
        }
        bytes.append(close)
        return .text(bytes, Element.postgresArrayType)
    }

    private static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard text.contains(where: { $0 == quote || $0 == backslash }) else { return bytes.append(contentsOf: text) }
        for byte in text {
            if byte == quote || byte == backslash { bytes.append(backslash) }
            bytes.append(byte)
        }
    }

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
