/// What a partner answers.
struct Reply: Sendable {
    var status: Int
    var contentType = "application/json"
    var body: [UInt8]
    /// Seconds, as the header `Retry-After`.
    var retryAfter: Int?

    init(_ status: Int, _ body: Wire) {
        self.status = status
        self.body = body.bytes
    }

    init(_ status: Int, text: String, contentType: String) {
        self.status = status
        self.contentType = contentType
        self.body = Array(text.utf8)
    }

    init(_ status: Int, lines: [UInt8]) {
        self.status = status
        self.contentType = "application/x-ndjson"
        self.body = lines
    }
}
