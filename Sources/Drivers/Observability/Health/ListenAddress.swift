/// Where to listen: `host:port` (`HTTP_LISTEN`, design 3).
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    /// 0 lets the system choose.
    package var port: Int

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `localhost:0`, `[::1]:8080`.
    package init(parsing text: String) throws(Fault) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Fault(description: "\"\(text)\" is not host:port, like 127.0.0.1:8080")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw Fault(description: "\"\(text)\": an IPv6 address stands in brackets, like [::1]:8080")
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else {
            throw Fault(description: "\"\(text)\" names no host; 0.0.0.0:\(port) listens on all addresses")
        }
        self.init(host: String(host), port: Int(port))
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
