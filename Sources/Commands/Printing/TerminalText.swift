extension String {
    /// The text as it may reach an operator's terminal: what partners and other people wrote in it can neither move the cursor, nor colour,
    /// clear or retitle anything, nor turn the direction of what follows (design 9.8 says what may be shown at all). Line ends stay.
    ///
    /// The escapes are JSON's own, and outside its strings JSON has none of these characters: a JSON text stays the same document.
    var onTerminal: String {
        guard unicodeScalars.contains(where: \.needsEscape) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard scalar.needsEscape else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var needsEscape: Bool {
        if ("\u{20}"..."\u{7E}").contains(self) || self == "\n" { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
