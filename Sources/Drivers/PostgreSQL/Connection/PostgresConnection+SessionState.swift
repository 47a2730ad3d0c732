import Glibc

extension PostgresConnection {
    /// Notes that the statement under way may have changed the session. The commands known not to are listed, so that a new one
    /// costs a needless reset rather than a dirty session.
    func noteSessionState(_ tag: String) {
        guard !hasSessionState else { return }
        switch tag.prefix(while: { $0 != " " }) {
        case "", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "INSERT", "UPDATE", "DELETE", "MERGE", "NOTIFY", "SHOW":
            break
        case "SELECT":
            hasSessionState = exchange?.request.queries.contains { $0.hasSessionEffect } ?? true
        case "SET":
            hasSessionState = !(exchange?.request.queries.allSatisfy { $0.isLocalSetting } ?? false)
        default:
            hasSessionState = true
        }
    }

    /// Makes the session as new for its next user.
    ///
    /// - Returns: false if it cannot be used again: it ended, a transaction was left open, or the reset failed.
    func reset() async -> Bool {
        keepAliveTimer = nil
        // A ping that is under way is waited for.
        do throws(PostgresError) { try await wire.take(shielded: true) } catch { return false }
        wire.give(())
        guard let session, session.isIdle else { return false }
        guard hasSessionState else { return true }
        do throws(PostgresError) {
            _ = try await send(.query("discard all"), timeout: .seconds(5), shielded: true)
            for stream in notificationStreams.values { stream.finish() }
            hasSessionState = false
            return true
        } catch {
            return false
        }
    }
}

extension PostgresQuery {
    /// A function in it outlives the transaction: session locks and settings. (`pg_advisory_xact_lock` does not.)
    fileprivate var hasSessionEffect: Bool {
        pieces.contains { strstr($0, "advisory_lock") != nil || strstr($0, "set_config") != nil }
    }

    fileprivate var isLocalSetting: Bool {
        pieces[0].drop(while: \.isWhitespace).prefix(10).lowercased() == "set local "
    }
}
