extension String {
    /// Whether it holds U+0000, which means nothing in a text and which Postgres stores in none.
    package var hasNUL: Bool {
        var text = self
        return text.withUTF8 { $0.contains(0) }
    }

    package var withoutNUL: String { hasNUL ? String(unicodeScalars.filter { $0 != "\0" }) : self }
}
