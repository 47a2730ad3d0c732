import Dispatch
import Glibc
import Rehearsal

/// A port of this machine at which a process will say whether it is ready. With bare sockets: a client that waits before it tries again
/// would be in what it measures.
struct Door: Sendable {
    let port: UInt16

    /// A port that is free now.
    static func free() throws(RehearsalError) -> Door {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(file, address, length) == 0 && getsockname(file, address, &length) == 0
            }
        }
        guard isBound else { throw RehearsalError("no port is free") }
        return Door(port: UInt16(bigEndian: address.sin_port))
    }

    /// - Returns: whether `/readyz` answered 200 in time.
    func opens(within patience: Duration) async -> Bool {
        // It blocks, so it has a thread of its own.
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "door.\(port)").async {
                let end = ContinuousClock.now + patience
                while ContinuousClock.now < end {
                    if isOpen() { return continuation.resume(returning: true) }
                    usleep(2000)
                }
                continuation.resume(returning: false)
            }
        }
    }

    private func isOpen() -> Bool {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.address(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return false }
        let question = Array("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard Glibc.send(file, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else { return false }
        var answer = [UInt8](repeating: 0, count: 64)
        let count = recv(file, &answer, answer.count, 0)
        return count > 0 && String(decoding: answer.prefix(count), as: UTF8.self).hasPrefix("HTTP/1.1 200")
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
