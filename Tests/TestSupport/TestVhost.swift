import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A virtual host of its own on the development broker, so that tests run side by side.
package struct TestVhost: Sendable {
    package let name: String
    /// The broker's URL with this virtual host.
    package let amqpURL: String

    private let management: Management

    /// Makes a virtual host, runs the body, and deletes the virtual host with everything in it.
    package static func with<Result>(_ body: (TestVhost) async throws -> Result) async throws -> Result {
        let vhost = try await create()
        do {
            let result = try await body(vhost)
            try await vhost.delete()
            return result
        } catch {
            try? await vhost.delete()
            throw error
        }
    }

    package static func create() async throws -> TestVhost {
        let environment = ProcessInfo.processInfo.environment
        let amqp = environment["CONVEYOR_TEST_AMQP_URL"] ?? "amqp://guest:guest@127.0.0.1:5672/"
        let management = try Management(
            environment["CONVEYOR_TEST_RABBITMQ_MANAGEMENT_URL"] ?? "http://guest:guest@127.0.0.1:15672")
        let name = "test-\(UUID().uuidString.lowercased())"
        try await management.send(.put, "/api/vhosts/\(name)")
        return TestVhost(name: name, amqpURL: url(amqp, vhost: name), management: management)
    }

    private static func url(_ broker: String, vhost: String) -> String {
        let parts = broker.split(separator: "?", maxSplits: 1)
        let query = parts.count > 1 ? "?" + parts[1] : ""
        return parts[0] + (parts[0].hasSuffix("/") ? "" : "/") + vhost + query
    }

    package func delete() async throws {
        try await management.send(.delete, "/api/vhosts/\(name)")
    }

    /// A user of this virtual host alone, made or given another password.
    package func setUser(_ user: String, password: String) async throws {
        try await management.send(.put, "/api/users/\(user)", body: #"{"password":"\#(password)","tags":""}"#)
        try await management.send(
            .put, "/api/permissions/\(name)/\(user)", body: #"{"configure":".*","write":".*","read":".*"}"#)
    }

    package func removeUser(_ user: String) async throws {
        try await management.send(.delete, "/api/users/\(user)")
    }

    package func deleteQueue(_ queue: String) async throws {
        try await management.send(.delete, "/api/queues/\(name)/\(Management.escape(queue))")
    }

    /// Cuts the connections that announce this name, as an operator does in the management pages. Waits until there is one: the broker
    /// lists new connections only after some seconds.
    package func closeConnections(named connectionName: String, within timeout: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + timeout
        while true {
            let listed = try await management.list(Connection.self, "/api/vhosts/\(name)/connections")
            let names = listed.filter { $0.user_provided_name == connectionName }.map(\.name)
            for name in names { try await management.send(.delete, "/api/connections/\(Management.escape(name))") }
            if !names.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "no connection named \(connectionName) was seen")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private struct Connection: Decodable {
        let name: String
        let user_provided_name: String?
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }
}

/// The broker's management API.
private struct Management: Sendable {
    private let base: String
    private let user: String
    private let password: String

    init(_ url: String) throws {
        guard var components = URLComponents(string: url), let user = components.user, let password = components.password else {
            throw TestVhost.Failure(description: "the management URL needs user and password")
        }
        (self.user, self.password) = (user, password)
        (components.user, components.password) = (nil, nil)
        base = components.string ?? url
    }

    @discardableResult
    func send(_ method: Method, _ path: String, body: String? = nil) async throws -> Data {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method.rawValue)
        request.setBasicAuth(username: user, password: password)
        request.headers.add(name: "content-type", value: "application/json")
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 16_777_216)
        // 404 on DELETE: somebody else was faster.
        guard (200..<300).contains(response.status.code) || (method == .delete && response.status.code == 404) else {
            throw TestVhost.Failure(description: "\(method.rawValue) \(path) was answered \(response.status.code)")
        }
        return Data(body.readableBytesView)
    }

    func list<Element: Decodable>(_ type: Element.Type, _ path: String) async throws -> [Element] {
        try JSONDecoder().decode([Element].self, from: await send(.get, path))
    }

    static func escape(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
    }

    enum Method: String {
        case get = "GET"
        case put = "PUT"
        case delete = "DELETE"
    }
}
