import JSON

extension JSONView {
    /// A member's text, where "" and blanks mean none.
    func filled(_ key: String) -> String? {
        guard let text = self[key]?.text.map(RequestBody.canonical), !text.isEmpty else { return nil }
        return text
    }

    /// An id, where "", 0 and "0" mean none.
    func id(_ key: String) -> String? { filled(key).flatMap { $0 == "0" ? nil : $0 } }
}

extension JSONReader {
    /// An id that must be there, in its exact digits, whether LingXing wrote a number or a string.
    func id(_ key: String) throws(JSONError) -> String {
        guard let id = value.id(key) else { throw value.isObject ? missing(key) : fault("is not an object") }
        return id
    }
}
