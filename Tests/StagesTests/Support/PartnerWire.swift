import Foundation
import JSON
import PartnerHTTP
import Synchronization

/// The way to a partner that answers as the test says, and keeps what it was asked.
final class PartnerWire: HTTPTransport {
    struct Asked: Sendable {
        let method: String
        let path: String
        let query: [String: String]
        let body: JSON

        var isWrite: Bool { method == "POST" }
    }

    enum Reply: Sendable {
        case json(JSON, Int = 200)
        case text(String, Int)
        /// The connection is cut without an answer.
        case lost
    }

    private struct State {
        var asked: [Asked] = []
        var answer: @Sendable (Asked) -> Reply = { _ in .text("<html>no such thing</html>", 500) }
    }

    private let partner: Partner
    private let state = Mutex(State())

    init(_ partner: Partner) { self.partner = partner }

    func answer(_ answer: @escaping @Sendable (Asked) -> Reply) { state.withLock { $0.answer = answer } }

    /// Answers some questions otherwise: those for which the closure returns something.
    func intercept(_ answer: @escaping @Sendable (Asked) -> Reply?) {
        state.withLock { state in
            let usual = state.answer
            state.answer = { asked in answer(asked) ?? usual(asked) }
        }
    }

    var asked: [Asked] { state.withLock { $0.asked } }

    /// The calls whose path ends so.
    func asked(_ path: String) -> [Asked] { asked.filter { $0.path.hasSuffix(path) } }

    func forget() { state.withLock { $0.asked = [] } }

    func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse {
        let components = URLComponents(string: request.url)
        let query = (components?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let asked = Asked(
            method: request.method, path: components?.path ?? "", query: Dictionary(query) { $1 },
            body: (try? JSON.parse(request.body ?? [])) ?? .null)
        let answer = state.withLock { state in
            state.asked.append(asked)
            return state.answer
        }
        switch answer(asked) {
        case .json(let json, let status): return PartnerResponse(status: status, body: json.bytes())
        case .text(let text, let status): return PartnerResponse(status: status, body: Array(text.utf8))
        case .lost:
            throw PartnerError(
                partner, request.isRead ? .unavailable : .unknownOutcome, call: request.call,
                code: PartnerError.Code.connectionLost)
        }
    }
}
