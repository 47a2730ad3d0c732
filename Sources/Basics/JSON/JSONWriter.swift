extension JSON {
    package enum Style: Sendable {
        /// No blanks, members in document order.
        case compact
        /// No blanks, members of every object by byte order of their keys; of a doubled key the last one. The form that is signed
        /// and compared.
        case sorted
        /// Indented by two blanks, for people.
        case pretty
    }

    /// The text in UTF-8. Only `"`, `\` and control characters are escaped; `/` and non-ASCII stay as they are.
    package func bytes(_ style: Style = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self)
        return writer.bytes
    }

    package func text(_ style: Style = .compact) -> String { String(decoding: bytes(style), as: UTF8.self) }
}

private struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let style: JSON.Style
    private var depth = 0

    init(style: JSON.Style) { self.style = style }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): write(text)
        case .array(let elements):
            writeList(elements, open: UInt8(ascii: "["), close: UInt8(ascii: "]")) { writer, element in writer.write(element) }
        case .object(let object):
            writeList(members(of: object), open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) { writer, member in
                writer.write(member.key)
                writer.bytes.append(UInt8(ascii: ":"))
                if writer.style == .pretty { writer.bytes.append(UInt8(ascii: " ")) }
                writer.write(member.value)
            }
        }
    }

    private func members(of object: JSONObject) -> [JSONObject.Member] {
        guard style == .sorted else { return object.members }
        var ordered: [JSONObject.Member] = []
        let byKey = object.members.enumerated().sorted { left, right in
            left.element.key.utf8.elementsEqual(right.element.key.utf8)
                ? left.offset < right.offset : left.element.key.utf8.lexicographicallyPrecedes(right.element.key.utf8)
        }
        for (_, member) in byKey {
            if let last = ordered.last, last.key.utf8.elementsEqual(member.key.utf8) { ordered.removeLast() }
            ordered.append(member)
        }
        return ordered
    }

    private mutating func writeList<Element>(
        _ elements: [Element], open: UInt8, close: UInt8, each: (inout JSONWriter, Element) -> Void
    ) {
        bytes.append(open)
        depth += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            each(&self, element)
        }
        depth -= 1
        if !elements.isEmpty { breakLine() }
        bytes.append(close)
    }

    private mutating func breakLine() {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    private mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            guard utf8.contains(where: Self.isEscaped) else { return bytes.append(contentsOf: utf8) }
            writeEscaped(utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20: writeControl(byte)
            default: bytes.append(byte)
            }
        }
    }

    private mutating func writeControl(_ byte: UInt8) {
        let escape =
            switch byte {
            case 0x08: "\\b"
            case 0x09: "\\t"
            case 0x0A: "\\n"
            case 0x0C: "\\f"
            case 0x0D: "\\r"
            default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }
        bytes.append(contentsOf: escape.utf8)
    }
}
