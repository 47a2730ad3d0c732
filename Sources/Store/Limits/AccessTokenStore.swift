import Crypto
package import FoundationEssentials
package import PostgreSQL

/// The one live access token of an app id, shared by all workers (design 8). What is stored is sealed with a key derived from the app's
/// secret: the database alone gives nobody access.
package struct AccessTokenStore: Sendable {
    /// How long a worker waits for another one's renewal, and may take for its own: three calls to LingXing.
    private static let limit = Duration.seconds(200)

    private let pool: PostgresPool
    private let appID: String
    private let key: SymmetricKey

    package init(_ pool: PostgresPool, appID: String, appSecret: String) {
        self.pool = pool
        self.appID = appID
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(appSecret.utf8)), salt: Data(appID.utf8),
            info: Data("conveyor access token 1".utf8),
            outputByteCount: 32)
    }

    /// The token last stored, as bytes that only its owner reads; `nil` when there is none, or one sealed under another secret.
    package func current() async throws -> Data? {
        try await pool.withConnection { try await self.read(on: $0) }
    }

    /// Takes the fleet-wide lock, reads the stored token anew, stores what `renewal` makes of it and returns it. The lock belongs to a
    /// session, not to a transaction, so it may be held while the partner is called; it ends with the session, whatever happens to its
    /// holder. What `renewal` throws is thrown on, and nothing is stored.
    package func renew(now: @Sendable () -> Date, _ renewal: (Data?) async throws -> (token: Data, expires: Date)) async throws
        -> Data
    {
        try await pool.withConnection { session in
            let milliseconds = String(Self.limit.components.seconds * 1000)
            // The server frees the lock of a holder that froze.
            try await session.query("set idle_session_timeout = \(unescaped: milliseconds)")
            try await session.query("set statement_timeout = \(unescaped: milliseconds)")
            try await session.query(
                "select pg_advisory_lock(hashtextextended(\("access token " + appID), 0))", timeout: Self.limit)
            let (token, expires) = try await renewal(try await read(on: session))
            let sealed = try seal(token)
            try await session.query(
                """
                insert into access_token (app_id, sealed, expires_at, renewed_at) values (\(appID), \(sealed), \(expires), \(now()))
                on conflict (app_id) do update
                set sealed = excluded.sealed, expires_at = excluded.expires_at, renewed_at = excluded.renewed_at
                """)
            return token
        }
    }

    private func read(on session: PostgresConnection) async throws -> Data? {
        guard let row = try await session.query("select sealed from access_token where app_id = \(appID)").first else {
            return nil
        }
        let sealed: Data = try row.decode("sealed")
        guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
        return try? AES.GCM.open(box, using: key, authenticating: Data(appID.utf8))
    }

    private func seal(_ token: Data) throws -> Data {
        guard let sealed = try AES.GCM.seal(token, using: key, authenticating: Data(appID.utf8)).combined else {
            throw StoreError(.unreadable, "the access token could not be sealed")
        }
        return sealed
    }
}
