/// The last line of defence against secrets and personal data in logs (design 9.8).
///
/// It knows keys whose values never belong in a log, and recognises e-mail addresses, user names and passwords in URLs, and query
/// strings. What has no such mark (a person's name in a sentence) it cannot see: the caller must not log it.
package struct Redaction: Sendable {
    /// Stands in place of what was taken out.
    package static let mask = "***"

    /// A key that contains one of these holds a secret, however it is spelt (`access_token`, `X-Api-Key`, `clientSecret`).
    private static let secretParts = [
        "token", "secret", "password", "passwd", "authorization", "credential", "cookie", "signature", "apikey", "appkey",
    ]

    /// Keys that are hidden when they are exactly these, separators and case aside: secrets with short names, LingXing's app id
    /// (it is the key of the signature), and what identifies a customer.
    private static let hiddenKeys: Set<String> = [
        "sign", "pwd", "bearer", "appid",
        "email", "mail", "phone", "telephone", "mobile", "address", "address1", "address2", "street", "postalcode", "postcode",
        "zip", "zipcode", "firstname", "lastname", "fullname", "buyername", "receivername", "recipientname", "customername",
        "recipient",
    ]

    package init() {}

    /// Whether the value under `key` must not be shown, whatever it is.
    package func hides(key: String) -> Bool {
        let plain = String(decoding: key.utf8.compactMap(Self.lowercasedLetterOrDigit), as: UTF8.self)
        return Self.hiddenKeys.contains(plain) || Self.secretParts.contains { plain.contains($0) }
    }

    /// `text` with everything masked that looks like an e-mail address, a URL's user and password, or a query string.
    package func text(_ text: String) -> String {
        // Nearly every text: nothing to look for.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") }) else { return text }
        var result = ""
        var word = Substring()
        for character in text {
            if Self.endsWord(character) {
                result += Self.masked(word)
                result.append(character)
                word = Substring()
            } else {
                word.append(character)
            }
        }
        return result + Self.masked(word)
    }

    /// Characters that no URL and no e-mail address contains.
    private static func endsWord(_ character: Character) -> Bool {
        character.isWhitespace || character == "\"" || character == "'" || character == "<" || character == ">"
    }

    private static func masked(_ word: Substring) -> String {
        let query = word.firstIndex(of: "?")
        let hasQuery = query.map { word.contains("://") || word[$0...].contains("=") } ?? false
        let front = hasQuery ? word[..<(query ?? word.endIndex)] : word
        return maskedUsers(front) + (hasQuery ? "?" + mask : "")
    }

    /// Masks what stands before an `@`: all of it back to `://`, or the e-mail address around it.
    private static func maskedUsers(_ word: Substring) -> String {
        guard let at = word.lastIndex(of: "@") else { return String(word) }
        if let scheme = word.firstRange(of: "://"), scheme.upperBound <= at {
            // The last `@`, since a password may contain one, or a `/`, unescaped.
            return word[..<scheme.upperBound] + mask + word[at...]
        }
        return maskedAddresses(word)
    }

    private static func maskedAddresses(_ word: Substring) -> String {
        var result = ""
        var rest = word
        while let at = rest.firstIndex(of: "@") {
            let local = rest[..<at].reversed().prefix(while: isAddressCharacter).count
            let domain = rest[rest.index(after: at)...].prefix(while: isAddressCharacter)
            // `node@localhost` is no address of a person, nor is `@` alone.
            if local > 0, domain.dropFirst().dropLast().contains(".") {
                result += rest[..<at].dropLast(local) + mask
            } else {
                result += rest[..<domain.endIndex]
            }
            rest = rest[domain.endIndex...]
        }
        return result + rest
    }

    private static func isAddressCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "._%+-".contains(character)
    }

    private static func lowercasedLetterOrDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: nil
        }
    }
}
