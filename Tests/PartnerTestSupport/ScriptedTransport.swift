package import PartnerHTTP
import Synchronization

/// A transport that answers from a script and keeps what was sent.
package final class ScriptedTransport: HTTPTransport {
    package typealias Reply = @Sendable (PartnerRequest) throws(PartnerError) -> PartnerResponse

    private let state: Mutex<(replies: [Reply], sent: [PartnerRequest])>
    private let otherwise: Reply?

    /// - Parameters:
    ///   - replies: one for each request, in order.
    ///   - otherwise: answers whatever comes after the script; without it such a request fails as a bug.
    package init(_ replies: [Reply] = [], otherwise: Reply? = nil) {
        state = Mutex((replies, []))
        self.otherwise = otherwise
    }

    /// What was sent so far, in order.
    package var sent: [PartnerRequest] { state.withLock { $0.sent } }

    package func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse {
        let reply = state.withLock { state in
            state.sent.append(request)
            return state.replies.isEmpty ? otherwise : state.replies.removeFirst()
        }
        guard let reply else { throw PartnerError(.dsco, .bug, call: request.call, code: "not_scripted") }
        return try reply(request)
    }
}

extension ScriptedTransport {
    /// A reply with this status and body; `meanwhile` happens between the request and the answer.
    package static func answer(
        _ status: Int, _ body: String = "", headers: [(String, String)] = [], meanwhile: (@Sendable () -> Void)? = nil
    ) -> Reply {
        { _ throws(PartnerError) in
            meanwhile?()
            return PartnerResponse(status: status, headers: headers, body: Array(body.utf8))
        }
    }

    /// No answer at all.
    package static func failure(_ partner: Partner, _ kind: PartnerError.Kind, code: String? = nil) -> Reply {
        { request throws(PartnerError) in throw PartnerError(partner, kind, call: request.call, code: code) }
    }
}
