import JSON

/// The one body of a call: it is signed member by member and sent byte for byte.
///
/// The form on which all known clients and the server agree (LingXing contract 4.2): keys sorted by bytes at every level,
/// compact, raw UTF-8, no null, no empty string, no blank-edged string, no U+2028/2029.
struct RequestBody: Sendable {
    let members: JSONObject

    init(_ parameters: JSONObject) {
        members = Self.canonical(parameters)
    }

    var bytes: [UInt8] { JSON.object(members).bytes(.compact) }

    /// Text as it goes out: the caller matches answers by it.
    static func canonical(_ text: String) -> String {
        // Nearly all of it is ASCII without blanks at its ends.
        if text.utf8.allSatisfy({ $0 < 0x80 }), text.utf8.first ?? 0 > 0x20, text.utf8.last ?? 0 > 0x20 { return text }
        var scalars = text.unicodeScalars.filter { $0 != "\u{2028}" && $0 != "\u{2029}" }[...]
        while let first = scalars.first, first.properties.isWhitespace || first.value < 0x20 { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace || last.value < 0x20 { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func canonical(_ object: JSONObject) -> JSONObject {
        let kept = object.members.compactMap { member in canonical(member.value).map { (member.key, $0) } }
        return JSONObject(kept.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) })
    }

    /// The value's canonical form, or nil when nothing is left that could be sent.
    private static func canonical(_ value: JSON) -> JSON? {
        switch value {
        case .null:
            return nil
        case .bool, .number:
            return value
        case .string(let text):
            let text = canonical(text)
            return text.isEmpty ? nil : .string(text)
        case .array(let elements):
            return .array(elements.compactMap(canonical))
        case .object(let object):
            let object = canonical(object)
            return object.isEmpty ? nil : .object(object)
        }
    }
}
