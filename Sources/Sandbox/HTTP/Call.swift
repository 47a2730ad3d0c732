import HTTPTypes

/// One request at one of the partners.
struct Call: Sendable {
    let partner: Partner
    let method: String
    /// Below the partner's base URL, e.g. `/order/page`.
    let path: String
    let query: [(name: String, value: String)]
    let headers: HTTPFields
    let body: [UInt8]
    /// Seconds that a fault makes the answer take longer.
    var delay: Double = 0

    /// The first query parameter of this name.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    func parameters(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }

    /// The media type without its parameters, in lower case.
    var mediaType: String? {
        headers[.contentType].map { $0.split(separator: ";").first.map(String.init)?.trimmed.lowercased() ?? "" }
    }
}

/// Whose side a request is on.
package enum Partner: String, Sendable {
    case dsco
    case lingxing
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
