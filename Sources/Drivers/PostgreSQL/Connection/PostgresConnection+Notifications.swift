import CPostgres

/// A message of `NOTIFY`.
package struct PostgresNotification: Sendable, Hashable {
    package let channel: String
    package let payload: String

    package init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

extension PostgresConnection {
    package func listen(_ channel: String) async throws(PostgresError) {
        try await query("listen \(unescaped: channel.quotedIdentifier)")
    }

    /// What arrives from now on, on all channels listened to, until the session ends. It keeps the newest 1024 that no one took yet:
    /// a notification says that there is something to look at, the tables say what.
    package func notifications() -> AsyncStream<PostgresNotification> {
        let (stream, continuation) = AsyncStream<PostgresNotification>.makeStream(bufferingPolicy: .bufferingNewest(1024))
        guard isOpen else {
            continuation.finish()
            return stream
        }
        let id = nextID()
        notificationStreams[id] = continuation
        continuation.onTermination = { [weak self] _ in self?.enter { $0.notificationStreams[id] = nil } }
        return stream
    }

    func deliverNotifications(_ session: LibpqSession) {
        while let notification = PQnotifies(session.pointer) {
            let message = PostgresNotification(
                channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra))
            PQfreemem(notification)
            for stream in notificationStreams.values { stream.yield(message) }
        }
    }
}

extension String {
    /// As a name in SQL, whatever it contains.
    package var quotedIdentifier: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
