package import LingXing

/// The access token of a test's own.
package actor InMemoryTokenStore: LingXingTokenStore {
    private var token: LingXingToken?
    private var isRenewing = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ token: LingXingToken? = nil) { self.token = token }

    package func current() -> LingXingToken? { token }

    package func renew(_ renewal: @Sendable (LingXingToken?) async throws -> LingXingToken) async throws -> LingXingToken {
        while isRenewing { await withCheckedContinuation { waiting.append($0) } }
        isRenewing = true
        defer {
            isRenewing = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        let renewed = try await renewal(token)
        token = renewed
        return renewed
    }
}
