import Domain
import Store

/// Why a command could not do what it was asked: one message that says what to do, and the exit status (design 3).
struct CommandFailure: Error, Sendable, Hashable, CustomStringConvertible {
    enum Code: Int32, Sendable { case failed = 1, notFound = 3 }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func unknownOrder(_ name: String) -> CommandFailure {
        CommandFailure(
            .notFound,
            "No order \(name) is known. It may not be pulled yet: `conveyor replay pull --po \(name)` fetches it from DSCO.")
    }

    static func unreadableOrder(_ name: String, _ payload: UnreadablePayload) -> CommandFailure {
        CommandFailure(
            .notFound,
            """
            Order \(name) is in quarantine since \(payload.since.shown): what DSCO shows of it cannot be read (\(payload.reason)).
            Have it corrected at DSCO; the next sweep then brings it by itself. As received it is kept in the table quarantined_payload.
            """)
    }

    static func sharedNumber(_ name: String, _ dscoOrderIDs: [String]) -> CommandFailure {
        CommandFailure(
            .failed,
            """
            \(dscoOrderIDs.count) orders share the PO number \(name). Name one by its DSCO order id:
            \(dscoOrderIDs.map { "  conveyor order \($0)" }.joined(separator: "\n"))
            """)
    }
}
