import AsyncHTTPClient
package import Domain
import FoundationEssentials
import JSON
import NIOCore
import NIOHTTP1
import Pipeline

/// RabbitMQ's management API, for what an operator does to one virtual host there.
package struct Broker: Sendable {
    private let base: String
    private let vhost: String
    private let authorization: String

    /// - Parameter url: `http://user:password@host:port`
    package init(url: String, vhost: String) throws(RehearsalError) {
        guard let components = URLComponents(string: url), let host = components.host, let port = components.port,
            let user = components.user, let password = components.password
        else { throw RehearsalError("the management URL must read http://user:password@host:port") }
        base = "http://\(host):\(port)/api"
        self.vhost = vhost
        authorization = "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    }

    /// Makes the virtual host, if there is none of its name; whoever asks gets the rights on it.
    package func createVirtualHost() async throws { _ = try await send(.PUT, "vhosts/\(vhost)") }

    /// Ends the connections of the virtual host.
    /// - Returns: how many there were.
    package func closeConnections() async throws -> Int {
        let names = try await list("vhosts/\(vhost)/connections").compactMap { $0["name"]?.string }
        for name in names { _ = try await send(.DELETE, "connections/\(Self.escaped(name))") }
        return names.count
    }

    /// Whether a stage's queue is up and has a consumer.
    package func isServing(_ stage: Stage) async throws -> Bool {
        let queue = try JSON.parse(try await send(.GET, "queues/\(vhost)/\(Topology.queue(stage))"))
        return queue["state"]?.string == "running" && (queue["consumers"]?.int ?? 0) > 0
    }

    package func deleteQueue(_ stage: Stage) async throws {
        _ = try await send(.DELETE, "queues/\(vhost)/\(Topology.queue(stage))")
    }

    package func purgeQueue(_ stage: Stage) async throws {
        _ = try await send(.DELETE, "queues/\(vhost)/\(Topology.queue(stage))/contents")
    }

    /// Types a message for a stage into the management pages.
    /// - Returns: whether it came to a queue.
    package func publish(_ body: String, to stage: Stage) async throws -> Bool {
        let message: JSON = [
            "properties": ["delivery_mode": 2], "routing_key": .string(stage.rawValue), "payload": .string(body),
            "payload_encoding": "string",
        ]
        let answer = try await send(.POST, "exchanges/\(vhost)/\(Topology.exchange)/publish", body: message.text())
        return try JSON.parse(answer)["routed"]?.bool == true
    }

    /// The bodies of a stage's dead letters, which stay where they are.
    package func deadLetters(_ stage: Stage) async throws -> [String] {
        let request: JSON = ["count": 1000, "ackmode": "ack_requeue_true", "encoding": "auto"]
        let answer = try await send(.POST, "queues/\(vhost)/\(Topology.deadQueue(stage))/get", body: request.text())
        return try JSON.parse(answer).array?.compactMap { $0["payload"]?.string } ?? []
    }

    private func list(_ path: String) async throws -> [JSON] { try JSON.parse(try await send(.GET, path)).array ?? [] }

    private func send(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: "\(base)/\(path)")
        request.method = method
        request.headers.add(name: "authorization", value: authorization)
        request.headers.add(name: "content-type", value: "application/json")
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let answer = try await response.body.collect(upTo: 64 << 20)
        // 404 on DELETE: somebody else was faster.
        guard (200..<300).contains(response.status.code) || method == .DELETE && response.status == .notFound else {
            throw RehearsalError("RabbitMQ answered \(response.status.code) to \(method.rawValue) \(path)")
        }
        return Array(answer.readableBytesView)
    }

    private static func escaped(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
