/// What a call is, whatever its parameters.
package struct PartnerCall: Sendable {
    package var method: String
    /// The path without base URL and query; it becomes a metrics label and part of every error.
    package var path: String
    /// Whether it changes nothing at the partner.
    package var isRead: Bool
    /// Whether the partner moves on with the answer, so that an answer that was lost cannot be had again (a page of a scroll).
    package var isOnce: Bool
    package var deadlines: Deadlines

    package init(method: String, path: String, isRead: Bool, isOnce: Bool = false, deadlines: Deadlines) {
        self.method = method
        self.path = path
        self.isRead = isRead
        self.isOnce = isOnce
        self.deadlines = deadlines
    }

    package var name: String { "\(method) \(path)" }
}
