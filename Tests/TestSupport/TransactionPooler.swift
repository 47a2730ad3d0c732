import Foundation
import Synchronization

/// A pooler in transaction mode, as PgBouncer is one: many clients share few server sessions, each transaction gets one that is free. Or in
/// session mode: each client has one as long as it stays.
package final class TransactionPooler: Sendable {
    /// Which free session the next transaction gets; in session mode, its client's own.
    package enum Choice: Sendable { case usedLast, usedLongestAgo, own }
    /// What becomes of the settings (`options`) that a client sends with its start: some poolers drop them, and `SET` those they know.
    package enum Options: Sendable { case refused, dropped, set, passedOn }

    package let port: UInt16
    private let target: UInt16
    private let choice: Choice
    private let options: Options
    private let listener: ByteSocket
    /// Sessions that are free; a session that serves nobody else is opened when there is none.
    private let free: Mutex<[ServerSession]>

    private struct ServerSession: Sendable {
        let socket: ByteSocket
        /// What the server said when the session began, for clients that come later.
        let greeting: [UInt8]
    }

    /// - Parameters:
    ///   - port: the server's, on 127.0.0.1; it must ask for no password.
    ///   - sessions: opened beforehand, as if others had used it.
    ///   - start: `role@database` of those.
    package init(to port: UInt16, choice: Choice = .usedLast, options: Options, sessions: Int = 0, start: String) throws {
        target = port
        self.choice = choice
        self.options = options
        (listener, self.port) = try ByteSocket.listening()
        free = Mutex([])
        let message = Self.startMessage(start)
        for _ in 0..<sessions {
            let session = try open(message)
            free.withLock { $0.append(session) }
        }
        Thread.detachNewThread { [self] in
            while let client = listener.accept() { Thread.detachNewThread { [self] in try? serve(client) } }
        }
    }

    package func close() {
        listener.shut()
        for session in free.withLock({ $0 }) { session.socket.shut() }
    }

    private func serve(_ client: ByteSocket) throws {
        defer { client.shut() }
        guard var start = try startMessage(of: client) else { return }
        if let range = Self.optionsRange(in: start) {
            switch options {
            case .refused: return try client.send(Self.refusal)
            case .dropped, .set:
                start.removeSubrange(range)
                start.replaceSubrange(0..<4, with: Self.bytes(UInt32(start.count)))
            case .passedOn: break
            }
        }
        var session = try borrow(start)
        try client.send(session.greeting)
        defer { if choice == .own { session.socket.shut() } }
        giveBack(session)
        while let message = try client.message() {
            guard message.kind != UInt8(ascii: "X") else { return }
            if choice != .own { session = try borrow(start) }
            try session.socket.send(message.bytes)
            var last = message.kind
            // Until the transaction is over: each Query or Sync is answered up to a ReadyForQuery, which says whether it is.
            while true {
                if last == UInt8(ascii: "Q") || last == UInt8(ascii: "S") {
                    var state = UInt8(ascii: "I")
                    while let answer = try session.socket.message() {
                        try client.send(answer.bytes)
                        guard answer.kind == UInt8(ascii: "Z") else { continue }
                        state = answer.bytes.last ?? state
                        break
                    }
                    if state == UInt8(ascii: "I") { break }
                }
                guard let next = try client.message() else { return session.socket.shut() }
                try session.socket.send(next.bytes)
                last = next.kind
            }
            giveBack(session)
        }
    }

    private func borrow(_ start: [UInt8]) throws -> ServerSession {
        let idle = free.withLock { free -> ServerSession? in
            guard !free.isEmpty else { return nil }
            return choice == .usedLongestAgo ? free.removeFirst() : free.removeLast()
        }
        return try idle ?? open(start)
    }

    private func giveBack(_ session: ServerSession) {
        if choice != .own { free.withLock { $0.append(session) } }
    }

    private func open(_ start: [UInt8]) throws -> ServerSession {
        let socket = try ByteSocket.connected(to: target)
        try socket.send(start)
        var greeting: [UInt8] = []
        while let message = try socket.message() {
            greeting += message.bytes
            if message.kind == UInt8(ascii: "Z") { break }
        }
        if options == .set {
            let text = Array("set idle_session_timeout = '5s'\0".utf8)
            try socket.send([UInt8(ascii: "Q")] + Self.bytes(UInt32(text.count + 4)) + text)
            while let answer = try socket.message(), answer.kind != UInt8(ascii: "Z") {}
        }
        return ServerSession(socket: socket, greeting: greeting)
    }

    /// The client's start, after any wish for encryption has been declined; nil for a request to cancel.
    private func startMessage(of client: ByteSocket) throws -> [UInt8]? {
        while true {
            guard let length = try client.read(4) else { return nil }
            guard let body = try client.read(Int(Self.number(length)) - 4) else { return nil }
            switch Self.number(Array(body.prefix(4))) {
            case 80_877_103, 80_877_104: try client.send([UInt8(ascii: "N")])
            case 80_877_102: return nil
            default: return length + body
            }
        }
    }

    private static func optionsRange(in start: [UInt8]) -> Range<Int>? {
        let name = Array("options\0".utf8)
        guard let range = start.firstRange(of: name), let end = start[range.upperBound...].firstIndex(of: 0) else { return nil }
        return range.lowerBound..<end + 1
    }

    /// - Parameter login: `role@database`.
    private static func startMessage(_ login: String) -> [UInt8] {
        let parts = login.split(separator: "@").map(String.init)
        let fields = ["user", parts[0], "database", parts[1]]
        let body: [UInt8] = bytes(196_608) + terminated(fields)
        return bytes(UInt32(body.count + 4)) + body
    }

    /// In PgBouncer's words.
    private static let refusal: [UInt8] = {
        let fields = ["SFATAL", "VFATAL", "C08P01", "Munsupported startup parameter: options"]
        let body = terminated(fields)
        return [UInt8(ascii: "E")] + bytes(UInt32(body.count + 4)) + body
    }()

    /// Each text with a NUL behind it, and another behind all.
    private static func terminated(_ texts: [String]) -> [UInt8] {
        Array((texts.joined(separator: "\0") + "\0\0").utf8)
    }

    private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }

    fileprivate static func number(_ bytes: [UInt8]) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}

/// A blocking TCP socket on 127.0.0.1.
private final class ByteSocket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func listening() throws -> (ByteSocket, UInt16) {
        let socket = ByteSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket.descriptor, address, length) == 0 && listen(socket.descriptor, 16) == 0
                    && getsockname(socket.descriptor, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    static func connected(to port: UInt16) throws -> ByteSocket {
        let socket = ByteSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = address(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw POSIXError(.ECONNREFUSED) }
        return socket
    }

    func accept() -> ByteSocket? {
        let client = Glibc.accept(descriptor, nil, nil)
        return client < 0 ? nil : ByteSocket(client)
    }

    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw POSIXError(.EPIPE) }
            rest = rest.dropFirst(count)
        }
    }

    /// So many bytes; nil when the other side closes first.
    func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, count - filled) }
            guard more > 0 else { return nil }
            filled += more
        }
        return bytes
    }

    /// A message of PostgreSQL's protocol, whole.
    func message() throws -> (kind: UInt8, bytes: [UInt8])? {
        guard let head = try read(5), let body = try read(Int(TransactionPooler.number(Array(head[1...]))) - 4) else {
            return nil
        }
        return (head[0], head + body)
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
