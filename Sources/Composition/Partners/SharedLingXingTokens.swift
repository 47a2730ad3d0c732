import FoundationEssentials
import LingXing
import Store

/// The one live LingXing token, shared by all workers through the database (design 8).
struct SharedLingXingTokens: LingXingTokenStore {
    let store: AccessTokenStore
    let now: @Sendable () -> Date

    func current() async throws -> LingXingToken? {
        try await store.current().map { try JSONDecoder().decode(LingXingToken.self, from: $0) }
    }

    func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken {
        let data = try await store.renew(now: now) { stored in
            let token = try await renewal(stored.map { try JSONDecoder().decode(LingXingToken.self, from: $0) })
            return (try JSONEncoder().encode(token), token.expires)
        }
        return try JSONDecoder().decode(LingXingToken.self, from: data)
    }
}
