import Foundation
import PostgreSQL
import Testing

@Suite("When the connection is reset in the middle of an answer, a session", .timeLimit(.minutes(1)))
struct ResetTests {
    @Test("notices at once, also when the reset comes together with the beginning of the answer")
    func resetBehindData() async throws {
        let server = try ResettingServer()
        defer { server.stop() }
        for _ in 0..<100 {
            var configuration = try PostgresConfiguration(url: "postgres://conveyor@127.0.0.1:\(server.port)/any")
            // What was not noticed would end in a time-out instead.
            configuration.statementTimeout = .seconds(1)
            let connection = try await PostgresConnection.connect(configuration, logger: .silent)
            await #expect { try await connection.query("select 1") } throws: { ($0 as? PostgresError)?.code == .connectionLost }
        }
    }
}

/// Speaks as much of the server's protocol as it takes to be asked something, begins to answer, and resets the connection.
private final class ResettingServer: Sendable {
    let port: UInt16
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { while Self.serve(accept(listener, nil, nil)) {} }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ client: Int32) -> Bool {
        guard client >= 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Requests for encryption are refused until the startup message comes.
        while true {
            guard read(client, &buffer, buffer.count) >= 8 else { break }
            guard buffer[4...7] == [0x04, 0xD2, 0x16, 0x2F] || buffer[4...7] == [0x04, 0xD2, 0x16, 0x30] else { break }
            _ = send(client, "N", 1, Int32(MSG_NOSIGNAL))
        }
        // Authentication is fine; ready for a query.
        let welcome: [UInt8] = [0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5A, 0, 0, 0, 5, 0x49]
        _ = send(client, welcome, welcome.count, Int32(MSG_NOSIGNAL))
        guard read(client, &buffer, buffer.count) > 0 else {
            close(client)
            return true
        }
        // The first bytes of a row description that never ends.
        let part: [UInt8] = [0x54, 0, 0, 1, 0, 0]
        _ = send(client, part, part.count, Int32(MSG_NOSIGNAL))
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(client)
        return true
    }
}
