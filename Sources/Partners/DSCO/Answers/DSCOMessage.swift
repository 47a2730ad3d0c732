import JSON

/// One `ApiResponseMessage` (DSCO contract 1.2). The code may be missing, and the description be a string, an object or a list.
struct DSCOMessage {
    var code: String?
    var severity: String?
    var words: String?

    static func list(_ json: JSONView?) -> [DSCOMessage] {
        (json?.array ?? []).map { message in
            DSCOMessage(code: message["code"]?.text, severity: message["severity"]?.text, words: words(message["description"]))
        }
    }

    /// The code to branch on (an error's before a warning's) and all words.
    static func summary(_ messages: [DSCOMessage]) -> (code: String?, words: String?) {
        let errors = messages.filter { $0.severity?.lowercased() == "error" }
        let code = (errors + messages).lazy.compactMap(\.code).first
        let words = messages.compactMap(\.words).joined(separator: "; ")
        return (code, words.isEmpty ? nil : words)
    }

    private static func words(_ description: JSONView?) -> String? {
        if let parts = description?.array { return parts.compactMap { words($0) }.joined(separator: "; ") }
        if description?.isObject == true { return description?.json.text() }
        return description?.text
    }
}
