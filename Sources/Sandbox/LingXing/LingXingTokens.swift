import FoundationEssentials
import Synchronization

/// The one live token of the app id, and its refresh token, usable once (LingXing contract 2).
final class LingXingTokens: Sendable {
    enum Verdict {
        case valid, expired, notMatching
    }

    enum Renewal {
        case pair(access: String, refresh: String)
        case expired, invalid
    }

    private struct State {
        var access: String?
        var accessEnds = Date.distantPast
        var refresh: String?
        var refreshEnds = Date.distantPast
        var issued: UInt64 = 0
    }

    private let state = Mutex(State())
    private let settings: SandboxConfiguration.LingXing
    private let seed: UInt64

    init(settings: SandboxConfiguration.LingXing, seed: UInt64) {
        self.settings = settings
        self.seed = seed
    }

    func issue(at now: Date) -> (access: String, refresh: String) {
        state.withLock { issue(&$0, at: now) }
    }

    func renew(_ refresh: String, at now: Date) -> Renewal {
        state.withLock { state in
            guard refresh == state.refresh else { return .invalid }
            guard state.refreshEnds > now else { return .expired }
            let pair = issue(&state, at: now)
            return .pair(access: pair.access, refresh: pair.refresh)
        }
    }

    func judge(_ token: String, at now: Date) -> Verdict {
        state.withLock { state in
            guard token == state.access else { return .notMatching }
            return state.accessEnds > now ? .valid : .expired
        }
    }

    /// A release of LingXing's kills tokens early (LingXing contract 2).
    func expire() {
        state.withLock { $0.accessEnds = .distantPast }
    }

    static let prefixes = ["lx-access-", "lx-refresh-"]

    private func issue(_ state: inout State, at now: Date) -> (access: String, refresh: String) {
        state.issued += 1
        let mark = String(SplitMix64.mix(seed &+ state.issued), radix: 16)
        let pair = ("\(Self.prefixes[0])\(mark)-\(state.issued)", "\(Self.prefixes[1])\(mark)-\(state.issued)")
        state.access = pair.0
        state.accessEnds = now.addingTimeInterval(settings.tokenLife)
        state.refresh = pair.1
        state.refreshEnds = now.addingTimeInterval(settings.refreshLife)
        return pair
    }
}
