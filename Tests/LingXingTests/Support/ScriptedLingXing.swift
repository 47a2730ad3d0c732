import Foundation
import JSON
import PartnerHTTP
import Synchronization

@testable import LingXing

/// A LingXing that answers as the test says and keeps what it was asked.
final class ScriptedLingXing: HTTPTransport {
    enum Reply: Sendable {
        case body([UInt8], status: Int = 200)
        case lost
        case notConnected

        static func json(_ value: JSON) -> Reply { .body(value.bytes()) }
        static func text(_ text: String, status: Int = 200) -> Reply { .body(Array(text.utf8), status: status) }
        static func code(_ code: String, _ text: String = "text") -> Reply {
            .json(["code": .string(code), "msg": .string(text)])
        }
    }

    struct Asked: Sendable {
        let path: String
        let query: [String: String]
        let body: String
        let request: PartnerRequest

        var json: JSON { (try? JSON.parse(body)) ?? .null }
    }

    private let asked = Mutex<[Asked]>([])
    private let answer: @Sendable (Asked, Int) -> Reply

    /// - Parameter answer: gets the request and how many came before it.
    init(_ answer: @escaping @Sendable (Asked, Int) -> Reply) { self.answer = answer }

    var requests: [Asked] { asked.withLock { $0 } }

    func requests(_ endpoint: LingXingEndpoint) -> [Asked] { requests.filter { $0.path == endpoint.path } }

    func send(_ request: PartnerRequest) async throws(PartnerError) -> PartnerResponse {
        let components = URLComponents(string: request.url)
        let query = (components?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let record = Asked(
            path: components?.path ?? "", query: Dictionary(query, uniquingKeysWith: { $1 }),
            body: String(decoding: request.body ?? [], as: UTF8.self), request: request)
        let count = asked.withLock { asked in
            asked.append(record)
            return asked.count - 1
        }
        switch answer(record, count) {
        case .body(let bytes, let status):
            return PartnerResponse(status: status, body: bytes)
        case .lost:
            throw PartnerError(
                .lingXing, request.isRead ? .unavailable : .unknownOutcome, call: request.call,
                code: PartnerError.Code.connectionLost)
        case .notConnected:
            throw PartnerError(
                .lingXing, request.isRead ? .unavailable : .notExecuted, call: request.call, code: PartnerError.Code.notConnected)
        }
    }
}
