import Dispatch
import Glibc
import Synchronization

/// Stands between a test and the broker: opens late, cuts every connection, or lets nothing through while pretending to be there.
final class TCPProxy: Sendable {
    let port: UInt16
    private let targetPort: UInt16
    private let state = Mutex(State())

    private struct State {
        var listener: Int32 = -1
        var sockets: [Int32] = []
        var isFrozen = false
        var holdsAnswers = false
    }

    /// Takes a port and closes it again: nobody answers there before `open`.
    init(targetPort: UInt16) throws {
        self.targetPort = targetPort
        let probe = try Self.listen(on: 0)
        port = Self.port(of: probe)
        Glibc.close(probe)
    }

    func open() throws {
        let listener = try Self.listen(on: port)
        state.withLock { $0.listener = listener }
        Thread.detach { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                let broker = Self.connect(to: targetPort)
                state.withLock { $0.sockets += [client, broker] }
                Thread.detach { [self] in forward(client, broker, isAnswer: false) }
                Thread.detach { [self] in forward(broker, client, isAnswer: true) }
            }
        }
    }

    func freeze() {
        state.withLock { $0.isFrozen = true }
    }

    /// Lets nothing of what the broker says through any more.
    func holdAnswers() {
        state.withLock { $0.holdsAnswers = true }
    }

    /// Stops listening and cuts everything.
    func close() {
        let (listener, sockets) = state.withLock { state in
            defer { (state.sockets, state.isFrozen, state.holdsAnswers) = ([], false, false) }
            return (state.listener, state.sockets)
        }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func forward(_ from: Int32, _ to: Int32, isAnswer: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(from, &buffer, buffer.count)
            guard count > 0 else { break }
            guard !state.withLock({ $0.isFrozen || ($0.holdsAnswers && isAnswer) }) else { continue }
            var sent = 0
            while sent < count {
                let written = buffer[sent..<count].withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard written > 0 else { return }
                sent += written
            }
        }
        shutdown(to, Int32(SHUT_RDWR))
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func listen(on port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = address(port)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 16) == 0 else { throw TimedOut() }
        return descriptor
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func connect(to port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }

    /// The copying blocks, so it stays off every shared pool.
    private enum Thread {
        static func detach(_ body: @escaping @Sendable () -> Void) {
            DispatchQueue(label: "proxy").async(execute: body)
        }
    }
}
