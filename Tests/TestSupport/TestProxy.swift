import Foundation
import Synchronization

/// A TCP relay in front of a server that counts what passes, and can freeze (nothing passes, nothing closes) or cut.
package final class TestProxy: Sendable {
    package let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var sentChunks = 0
        var isFrozen = false
        var isDown = false
        var hidesGoodbyes = false
        var swallowed: Set<Int32> = []
        var sockets: [Int32] = []
    }

    /// - Parameters:
    ///   - target: a port of 127.0.0.1.
    ///   - port: where to listen; 0 takes a free one.
    package init(to target: UInt16, port: UInt16 = 0) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    /// How many pieces clients have sent; one flush of a small request is one piece.
    package var sentChunks: Int { state.withLock { $0.sentChunks } }

    /// Nothing passes on the connections of now any more; later ones are served.
    package func swallowOpenConnections() { state.withLock { $0.swallowed.formUnion($0.sockets) } }

    package func freeze() { state.withLock { $0.isFrozen = true } }

    /// The server does not learn that a client of PostgreSQL is gone: neither its farewell nor its end passes.
    package func hideGoodbyes() { state.withLock { $0.hidesGoodbyes = true } }

    /// Closes every connection and takes no more.
    package func cut() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// As if the server were away: closes every connection, and each new one at once, until `restore`.
    package func takeDown() {
        let sockets = state.withLock { state in
            defer { (state.sockets, state.isDown) = ([], true) }
            return state.sockets
        }
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    package func restore() { state.withLock { $0.isDown = false } }

    /// Whether a server could listen there.
    package static func isFree(_ port: UInt16) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A port that nobody listens on.
    package static func freePort() throws -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return UInt16(bigEndian: address.sin_port)
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard !state.withLock(\.isDown) else {
                close(client)
                continue
            }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(port: target)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else {
                close(client)
                continue
            }
            state.withLock { $0.sockets += [client, server] }
            Thread.detachNewThread { [self] in relay(from: client, to: server, isFromClient: true) }
            Thread.detachNewThread { [self] in relay(from: server, to: client, isFromClient: false) }
        }
    }

    private func relay(from source: Int32, to sink: Int32, isFromClient: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { break }
            let isFrozen = state.withLock { state in
                if isFromClient { state.sentChunks += 1 }
                return state.isFrozen || state.swallowed.contains(source)
            }
            guard !isFrozen, !(hidesGoodbye(from: isFromClient) && buffer.prefix(count).elementsEqual(Self.goodbye)) else {
                continue
            }
            guard send(sink, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        if !hidesGoodbye(from: isFromClient) { shutdown(sink, Int32(SHUT_RDWR)) }
    }

    /// Terminate (PostgreSQL, message formats).
    private static let goodbye: [UInt8] = [0x58, 0, 0, 0, 4]

    private func hidesGoodbye(from isFromClient: Bool) -> Bool { isFromClient && state.withLock(\.hidesGoodbyes) }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
