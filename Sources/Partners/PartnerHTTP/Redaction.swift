/// Removes from a partner's text what may not reach a log, an error or a list (invariant 8).
///
/// Names and street addresses cannot be recognised; therefore partner text is shown only where an order itself is shown, and
/// `PartnerError.description` leaves it out.
package enum Redaction {
    /// The text without e-mail addresses, telephone numbers, tokens and control characters, cut to `limit` characters.
    package static func redact(_ text: String, limit: Int) -> String {
        // The work is bounded before it starts: a partner may answer with a page of HTML.
        // By scalars: one character can be a megabyte of accents.
        var result = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit * 4).map { $0.isText ? $0 : " " }))
        result.replace(/[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+/, with: "[e-mail]")
        result.replace(/(?i)\b(bearer|basic)\s+[^\s,;"']+/) { "\($0.1) [secret]" }
        result.replace(/(?i)\b([a-z_]*(token|secret|password|sign|app_key))("?\s*[=:]\s*"?)[^\s&,;"'}]+/) {
            "\($0.1)\($0.3)[secret]"
        }
        result.replace(/eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-.]*/, with: "[secret]")
        result.replace(/\+\d[\d \-().]{7,}\d|\(\d{3}\) ?\d{3}[ \-.]?\d{4}|\b\d{3}[ \-.]\d{3}[ \-.]\d{4}\b/, with: "[telephone]")
        return result.count > limit ? result.prefix(limit - 1) + "…" : result
    }
}

extension Unicode.Scalar {
    /// Not a control character, a line's end, or one that turns the direction of what follows.
    fileprivate var isText: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: !properties.isBidiControl
        }
    }
}
