import NIOConcurrencyHelpers

/// Marks the tasks that run inside a transaction's body, so that their queries go through while everyone else's wait.
///
/// It is a task-local value: the body itself and the child tasks it starts are inside, and so is any function they call, which
/// needs no second connection type for it. A task that outlives the body is outside again as soon as the body has ended.
final class TransactionScope: Sendable {
    @TaskLocal static var current: TransactionScope?

    /// 0 for the transaction, more for the savepoints inside it.
    let depth: Int
    private let connection: ObjectIdentifier
    private let outer: TransactionScope?
    private let isOpen = NIOLockedValueBox(true)

    init(on connection: PostgresConnection, depth: Int) {
        self.connection = ObjectIdentifier(connection)
        self.depth = depth
        outer = Self.current
    }

    func close() { isOpen.withLockedValue { $0 = false } }

    /// The innermost open scope of this connection that the current task is in.
    static func open(on connection: PostgresConnection) -> TransactionScope? {
        var scope = current
        while let candidate = scope {
            if candidate.connection == ObjectIdentifier(connection), candidate.isOpen.withLockedValue(\.self) { return candidate }
            scope = candidate.outer
        }
        return nil
    }
}
