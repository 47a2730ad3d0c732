/// What a number, SKU or code may look like that comes from a partner or a person. It ends up as a key of our tables, in look-ups and on
/// terminals, so one that cannot be kept, found and shown again is refused where it enters.
extension String {
    /// The longest name in UTF-8. An index of the database takes rows of 2.7 kB, and no partner has names near this.
    package static let longestName = 255

    /// Whether it can be a SKU, a tracking number or a code: not too long, and nothing in it that moves a cursor or ends a text.
    package var isUsableName: Bool {
        utf8.count <= Self.longestName
            && (isPrintableASCII
                || unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .surrogate, .lineSeparator, .paragraphSeparator: false
                    default: true
                    }
                })
    }

    /// Whether it can be the number that an order is known by. Partners trim blanks, leave invisible characters out and compose accents, and
    /// a character that was not Unicode has become U+FFFD: two orders could fall on one number (design 1, identity).
    package var isUsableOrderNumber: Bool {
        guard isUsableName, let first = unicodeScalars.first, let last = unicodeScalars.last else { return false }
        return !first.properties.isWhitespace && !last.properties.isWhitespace
            && (isPrintableASCII
                || unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .format, .nonspacingMark, .spacingMark, .enclosingMark, .privateUse, .unassigned: false
                    default: scalar != "\u{FFFD}"
                    }
                })
    }

    /// As nearly every name is: nothing in it needs looking up in the tables of Unicode.
    private var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
