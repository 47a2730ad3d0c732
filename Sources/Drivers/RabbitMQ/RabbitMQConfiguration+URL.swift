extension RabbitMQConfiguration {
    /// Reads `amqp://user:password@host:port/vhost`, or `amqps://` for TLS.
    ///
    /// User, password and virtual host are percent-decoded; an empty path means the virtual host `/` (as does `%2f`). Query parameters, as in
    /// RabbitMQ's URI specification: `cacertfile`, `verify` (`verify_peer`, `verify_none`), `heartbeat` (seconds), `connection_timeout` (ms).
    /// - Throws: `RabbitMQError.Code.invalidURL`, which names the wrong part and never repeats the credentials.
    package init(url: String, connectionName: String = "conveyor") throws(RabbitMQError) {
        var rest = url[...]
        guard let scheme = Self.cut(&rest, upTo: "://"), ["amqp", "amqps"].contains(scheme.lowercased()) else {
            throw .url("it must begin with amqp:// or amqps://")
        }
        let isSecure = scheme.lowercased() == "amqps"
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? ""
        rest = rest.prefix { $0 != "?" }
        let path = rest.firstIndex(of: "/").map { rest[rest.index(after: $0)...] } ?? ""
        var authority = rest.prefix { $0 != "/" }

        (user, password) = ("guest", "guest")
        if let at = authority.lastIndex(of: "@") {
            let credentials = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decode(credentials[0], "user")
            password = credentials.count > 1 ? try Self.decode(credentials[1], "password") : ""
            authority = authority[authority.index(after: at)...]
        }
        (host, port) = try Self.hostAndPort(authority, defaultPort: isSecure ? 5671 : 5672)
        guard !path.contains("/") else { throw .url("a slash inside the virtual host must be written %2f") }
        vhost = path.isEmpty ? "/" : try Self.decode(path, "virtual host")
        tls = isSecure ? TLS() : nil
        self.connectionName = connectionName
        for parameter in query.split(separator: "&") { try apply(parameter) }
    }

    private mutating func apply(_ parameter: Substring) throws(RabbitMQError) {
        let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let value = parts.count > 1 ? try Self.decode(parts[1], name) : ""
        switch name {
        case "cacertfile":
            guard tls != nil, !value.isEmpty else { throw .url("cacertfile names a file, and goes with amqps://") }
            tls?.certificateAuthorities = value
        case "verify":
            guard tls != nil, let verifies = ["verify_peer": true, "peer": true, "verify_none": false, "none": false][value]
            else {
                throw .url("verify is verify_peer or verify_none, and goes with amqps://")
            }
            tls?.verifiesPeer = verifies
        case "heartbeat":
            guard let seconds = Int(value), (1...600).contains(seconds) else {
                throw .url("heartbeat is a number of seconds, 1 to 600")
            }
            heartbeat = seconds
        case "connection_timeout":
            guard let milliseconds = Int(value), (1...600_000).contains(milliseconds) else {
                throw .url("connection_timeout is a number of milliseconds, 1 to 600000")
            }
            connectTimeout = .milliseconds(milliseconds)
        default:
            throw .url(
                "its query has a parameter that is not known; known are cacertfile, verify, heartbeat and connection_timeout")
        }
    }

    private static func hostAndPort(_ authority: Substring, defaultPort: Int) throws(RabbitMQError) -> (String, Int) {
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .url("the IPv6 address lacks its closing bracket") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw .url("after the IPv6 address only a port may follow") }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .url("it names no host") }
        guard let portText, !portText.isEmpty else { return (String(host), defaultPort) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw .url("the port must be a number from 1 to 65535")
        }
        return (String(host), port)
    }

    private static func cut(_ text: inout Substring, upTo separator: String) -> Substring? {
        guard let range = text.firstRange(of: separator) else { return nil }
        defer { text = text[range.upperBound...] }
        return text[..<range.lowerBound]
    }

    private static func decode(_ text: Substring, _ part: String) throws(RabbitMQError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let decoded = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                throw .url("the \(part) is not properly percent-encoded")
            }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        // librabbitmq takes these as C strings, which end at a NUL.
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .url("the \(part) is not properly percent-encoded")
        }
        return decoded
    }
}

extension RabbitMQError {
    fileprivate static func url(_ fault: String) -> RabbitMQError {
        RabbitMQError(.invalidURL, "The RabbitMQ URL is wrong: \(fault). It looks like amqp://user:password@host:5672/vhost")
    }
}
